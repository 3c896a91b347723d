"""Spanish words that sites of every trade share. `lexicon` says how these texts are read."""

COMMON = """
charger: Cargador # / carga #; Estación de carga # / estación #; Cuarto de baterías / baterías; Punto de carga # / PC #
charger: Toma # / enchufe #; Pared de carga / la pared; Poste de carga # / poste #; Bahía de carga # / bahía #
charger: Cambio de baterías / cambio; Nicho de carga / nicho; Base de carga # / base #
parking: Aparcamiento # / parking #; Garaje de robots / garaje; Bahía de espera # / espera robots #
parking: Plaza de descanso # / descanso #; Rincón de robots / rincón; Vía muerta; Zona de reposo # / reposo #
parking: Estacionamiento # / estac #; Cobertizo de robots / cobertizo; Cochera # / cochera de robots #; Corralito / el corralito
zone: Cantina / sala de descanso; Sala de servidores / servidores; Jaula de prensa / jaula; Ludoteca / zona infantil
zone: Alta tensión / cuarto eléctrico; Escalera # / esc. #; Capilla; Rincón de fumadores / fumadores; Vestuarios # / taquillas #
zone: Atrio / lucernario; Célula robotizada / vallado; Sala de radiación / zona caliente; Zona roja / roja
zone: Calle peatonal / peatones; Botiquín / primeros auxilios; Zona de voladura / prohibida; Suelo mojado / mojado
zone: Punto de reunión / reunión
elevator: Ascensor # / asc. #; Montacargas # / MC #; Ascensor de servicio / servicio; Mesa elevadora / elevador
corridor: Corredor # / pasadizo #; Pasillo principal / pasillo central; Pasarela / la pasarela; Paso trasero / por detrás
corridor: Túnel de servicio / túnel
intersection: Cruce # / cr. #; Cruce central / el cruce; Cruce de carretillas / carretillas; Esquina ciega / punto ciego
door: Puerta rápida # / PR #; Puerta cortafuegos # / cortafuegos #; Persiana # / pers. #; Puerta batiente / batiente
door: Esclusa / la esclusa
washroom: Aseos # / baños #; Cuarto de limpieza / limpieza
meeting point: Entrada de visitas / entrada / visitas; Gran hall / hall
items: caja de herramientas 11 / herramientas; paquete 5 / paquetes; cajón 12 / cajones; caja de cartón 4 / cartones
items: carpeta 1 / papeles / documentos; cubo de basura 30 / basura; botellas de agua 12 / agua; caja de llaves 1 / llaves
items: batería de repuesto 14 / baterías; carro 30 / carros; kit de limpieza 8 / limpieza; escalera de mano 13; cubo 6 / cubos
items: palé vacío 22 / vacíos / palés vacíos; caja de repuestos 10 / repuestos; botiquín portátil 3 / botiquín
items: saca interna 7 / correo; bolsa de uniformes 6 / uniformes
"""

TYPES = """
carrier: AMR [AMR A M] / AMRs / carritos; transportador [TR T] / transportadores; lanzadera [LZ L] / lanzaderas
carrier: portador [PO P] / portadores; carro autónomo [CA C] / carros; mula [MU M] / mulas / burros
carrier: corredor robot [CR] / corredores; plataforma [PF] / plataformas; AGV [AGV V] / AGVs / vehículo
tugger: tractor [TRA TT] / tractores; remolcador [REM R] / remolcadores; trenecito [TN] / trenes / tren
tugger: arrastrador [AR] / arrastradores / locomotora
forklift: carretilla elevadora [CE F] / carretillas / toro; apilador [AP] / apiladores; retráctil [RT] / retráctiles
forklift: montacargas robot [MR] / horquillas / montas
pallet: transpaleta [TP] / transpaletas / traspaleta; elevapalés [EP] / elevadores; portapalés [PP] / portas
pallet: levantador [LE] / levantadores
courier: repartidor [RE] / repartidores; robot de reparto [RR] / robots de reparto; armario móvil [AM] / armarios
courier: celador [CL] / celadores / recadero
cooler: nevera móvil [NV] / neveras; frigo rodante [FR] / frigos; caja fría [CF] / cajas frías
cleaner: limpiador [LI L] / limpiadores / fregona; fregadora [FG] / fregadoras; barredora [BA B] / barredoras / escoba
cleaner: aspirador [AS] / aspiradores / aspiradora
uv: robot UV [UV U] / UVs / lámparas; desinfectador [DE D] / desinfectadores; nebulizador [NB] / nebulizadores / vaporizador
inspector: inspector [IN I] / inspectores / revisor; robot cámara [CM] / cámaras; escáner móvil [ES] / escáneres
inspector: explorador térmico [ET] / exploradores
guard: vigilante [VI V] / vigilantes / segurata; patrullero [PA] / patrulleros / patrulla; centinela [CN] / centinelas
guard: sereno [SE S] / serenos
guide: guía [GU G] / guías; anfitrión [AN] / anfitriones; acompañante [AC] / acompañantes; recepcionista [RC] / recepcionistas
allround: robot de servicio [RS] / robots de servicio / multiuso; ayudante [AY] / ayudantes / asistente
allround: mayordomo [MY] / mayordomos; chico para todo [CH] / chicos
"""

LISTS = """
people: Alba; Benito; Carmela; Dámaso; Elvira; Fermín; Gloria; Hugo; Inés; Jacinto; Lola; Manolo; Nieves; Olga; Paco; Ramona
people: Salva; Tomasa; Úrsula; Vicente; Ximena; Yago; Zacarías; Amparo; Bruno; Chelo; Dolores; Eusebio; Felisa; Gregorio
people: Herminia; Isidro; Josefa; Lupe; Mateo; Nicanor; Pepa; Rufino; Tere; Curro
pets: Canelo; Chispa; Rayo; Galleta; Pulga; Copito; Cohete; Turrón; Trasto; Bala; Pelusa; Churro; Lucero; Bigotes; Pirata; Rabo
pets: Mochuelo; Duque; Tigre; Coco
stars: Mercurio; Venus; Marte; Júpiter; Saturno; Orión; Vega; Sirio; Rigel; Atlas; Titán; Apolo; Hermes; Juno; Cometa; Luna
stars: Fénix; Zeus; Thor; Pegaso
brands: Rodi; Kivo; Portín; Carrín; Trako; Movín; Cargón; Nimbo; Tirín; Llevo; Rapidín; Tractín; Rolo; Robi; Mulo; Burrín; Vuelín
brands: Chispín; Zumbo
robotwords: Robot; Bot; Unidad; Vehículo; Máquina; Móvil; N.º
compass: Norte; Sur; Este; Oeste
side: Izquierda; Derecha; Arriba; Abajo; Delante; Detrás; Interior; Exterior
colour: Rojo; Azul; Verde; Amarillo; Naranja; Blanco; Negro; Morado
theme: Oslo; Sevilla; El Cairo; Lima; Kioto; Dublín; Oporto; Quito
theme: Roble; Arce; Abedul; Sauce; Cedro; Olmo; Tilo; Pino
theme: Halcón; Nutria; Lince; Garza; Zorro; Cuervo; Búho
theme: Curie; Cajal; Newton; Ochoa; Turing; Tesla; Severo
theme: Alfa; Bravo; Charlie; Delta; Eco; Foxtrot; Golf
theme: Rubí; Ópalo; Jade; Ámbar; Perla
numbers: uno; dos; tres; cuatro; cinco; seis; siete; ocho; nueve; diez; once; doce
floors: Nivel #; Pasillo #; Tramo #; Planta #; Nave #; Edificio #; Zona #; Sector #; Bloque #; Ala #
chargenicks: la base; el enchufe; casa; la gasolinera; recuperación; los enchufes; la corriente; el muelle; energía
parknicks: la base; casa; el garaje; la caseta; descanso; el nido; la cuadra; la cochera; a dormir
anynicks: el cruce grande; el fondo; el foso; el agujero; suministro; delante; detrás; calidad; la cueva; abajo; el cobertizo
anynicks: control; la esquina; lado limpio; el quinto pino
robotnicks: el grande; el pequeño; el viejo; el nuevo; el rojo; la tortuga; el azul; el abuelo; el ruidoso; júnior
robotnicks: el de repuesto; la bestia; la gorda; el fuerte
typenicks: robots; máquinas; los chicos; la cuadrilla; unidades; cacharros; bichos; el equipo
small: de; del; la; el; los; las; y; en; al; a; para
number: número #; n.º #; num #
articles: número
containers: caja de # 18; palé de # 450; cartón de # 8; bidón de # 190; saco de # 20; cubeta de # 14; carro de # 60
containers: jaula de # 140; contenedor de # 240; cubo de # 10; pila de # 40
contents: tornillos; arroz; cables; botellas; toallas; zapatos; lámparas; filtros; pernos; válvulas; juguetes; azulejos; manzanas
contents: rodamientos; papel; químicos; libros; bombas; sensores; vidrio; café; jabón; tubos; cojines; paneles; mangueras; imanes
contents: escuadras; cepillos; guantes; cascos; chaquetas; velas; tazas; pilas; motores; semillas; sal; clavos; juntas; tuercas
contents: grava; miel
notes: Ningún robot entra en una zona prohibida.; Velocidad máxima 1,2 m/s.; {heavy} carga hasta {kg} kg.
notes: Pasillos libres en el cambio de turno.; Los robots no llevan personas.; Los visitantes tienen prioridad.
notes: {heavy} es el fuerte ({kg} kg).; Un solo robot por ascensor.; Silencio después de las 21:00.
brandnames: Norvik; Valdehermoso; Clarasol; Montesino; Peñanegra; Meridiano; Lindavista; Robledo; Picazul; Lindqvist; Marlena
brandnames: Ríos e Hijos; Solmar; Grancampo; Fuentes
"""
