"""Spanish words for random sites. `lexicon` says how these texts are read."""

TRADES = """
[warehouse]
title: Centro logístico; Almacén central; Plataforma de distribución; Depósito de recambios; Centro de envíos; Depósito aduanero
areas: Entradas; Salidas; Silo alto; Preparación; Zona fría; Altillo; Reserva; Patio; Nave 1; Nave 2
dock: Muelle # / puerta #; Puerta de carga # / PC # / puerta #; Dársena # / dár. #; Portón # / portón de camiones #
staging: Playa # / playa de carga #; Carril de espera # / espera #; Pulmón de salida / pulmón; Zona de llegada / llegadas
rack: Estantería # / est. #; Pasillo # / pas. #; Hueco # / ubicación #; Módulo # / mód. #; Bloque de palés # / palés #
packing: Mesa de embalaje # / embalaje # / mesa #; Puesto de empaque # / empaque #; Envoltorio regalo / regalos
packing: Etiquetado # / etiquetas #
desk: Recepción de mercancía / recepción; Oficina de expediciones / expediciones; Reclamaciones / devoluciones
desk: Puesto de control / control
machine: Enfardadora # / enfard #; Túnel retráctil / túnel; Prensa de cartón / prensa; Rampa del clasificador # / rampa #
store: Jaula fiscal / fiscal; Cámara fría # / cámara #; Parque de vacíos / vacíos / los vacíos
store: Zona de bloqueo / bloqueados / cuarentena; Cuarto de peligrosos / ADR
items: caja 9 / cajas; cubeta 12 / cubetas; jaula con ruedas 80 / jaulas; palé europeo 22 / palés / europalé
items: palé mixto 480 / mixtos; bala de cartón 300 / balas; carro de picking 55 / carro de pedidos; rollo de film 15 / film
items: paquete devuelto 4 / devoluciones; rollos de etiquetas 2 / etiquetas; bidón peligroso 210 / ADR
items: pila de cubetas vacías 30 / vacías / vacíos; bulto largo 350 / largos
[factory]
title: Planta de cajas de cambio; Fábrica de bombas; Fábrica de muebles; Planta de electrodomésticos; Fábrica de neumáticos
title: Taller de bicicletas
areas: Mecanizado; Montaje final; Pintura; Almacenes; Fundición; Nave A; Nave B; Ensayos; Pie de línea; Chapistería
production: Línea # / lín. #; Célula # / célula de montaje #; Torno # / torneado #; Fresadora # / fresado #
production: Prensa # / estampación #; Inyectora # / inyección #; Puesto de soldadura # / soldadura #
production: Horno de temple # / temple #
line drop: Punto de entrega # / entrega #; Pie de línea # / PL #; Punto de relevo # / relevo #
buffer: Kanban # / estante kanban #; Pulmón # / pulmón en curso #; Supermercado # / súper #; Secuenciado # / secuencia #
store: Almacén de brutos / brutos; Útiles / almacén de útiles; Tornillería / tornillos; Cuarto de pinturas / pinturas
inspection point: Banco de pruebas # / banco #; Muro de calidad / calidad; Metrología / sala de medición; Prueba de fugas / fugas
rework: Zona de retrabajo / retrabajo; Jaula de chatarra / chatarra; Contenedor de viruta / viruta
workshop: Mantenimiento / los de mantenimiento; Taller de moldes / moldes
items: carcasa 35 / carcasas; juego de engranajes 18 / engranajes; motor 60 / motores; carro de kits 45 / kits
items: contenedor de malla 300 / mallas; paquete de chapas 900 / chapas; bobina de acero 4000 / bobinas
items: caja de tornillos 14 / tornillos; mazo de cables 6 / mazos; caja de rechazos 90 / rechazos; troquel 1200 / troqueles
items: bidón de pintura 180 / pintura; bidón de taladrina 210 / taladrina; carro de viruta 250 / viruta
items: cuerpo de bomba 24 / bombas; pila de neumáticos 110 / neumáticos
[hospital]
title: Hospital General; Hospital Universitario; Hospital Comarcal; Hospital Santa Clara; Hospital Infantil; Policlínica
areas: Sótano; Planta baja; Planta 1; Planta 2; Planta 3; Torre este; Ala oeste; Consultas externas; Bloque quirúrgico; Logística
ward: Unidad # / U #; Medicina interna # / interna #; Cirugía # / ciru #; Unidad de ictus / ictus; Maternidad / paritorio
ward: Pediatría / los niños; Cuidados intensivos / UCI; Semicríticos / semi; Sala de despertar / despertar / REA; Neonatos / neo
ward: Geriatría / geria; Quemados / unidad de quemados
nurses station: Control de enfermería # / control #; Puesto de enfermería # / enfermería #
operating room: Quirófano # / quiro # / Q#; Sala de partos # / partos #; Hemodinámica / hemo
clinic: Urgencias / urge; Rayos / radiología / rayos X; Endoscopias / endo; Sala de yesos / yesos; Oftalmología / oftalmo
lab: Laboratorio central / laboratorio / el labo; Banco de sangre / sangre; Microbiología / micro
lab: Anatomía patológica / patología
store: Lencería # / ropa limpia #; Esterilización / estéril / central de esterilización; Equipos médicos / equipos
store: Almacén de camas / camas; Limpio # / cuarto limpio #
waste: Sucio # / cuarto sucio #; Residuos / cuarto de residuos; Bajante de ropa / ropa sucia
pharmacy: Farmacia / la farma; Citostáticos / citos
kitchen: Office # / oficio #; Cocina central / cocina
room: Habitación # / hab. #; Aislamiento # / aisl #; Box # / bx #
items: tubo de sangre 1 / tubos / muestras / analíticas; bolsa de plasma 1 / plasma
items: caja de medicación 6 / medicación / medicinas; sueros 14 / goteros; caja de instrumental 12 / instrumental
items: carro de comidas 75 / comidas / almuerzos; carro de lencería 90 / lencería / ropa limpia
items: saco de ropa sucia 12 / ropa sucia; contenedor de agujas 4 / agujas; bombona de oxígeno 16 / oxígeno / O2
items: bomba de infusión 4 / bombas; silla de ruedas 18 / sillas; colchón 20; historias 2; carro de paradas 60 / paradas
items: cubo biológico 30 / biológico; nevera de vacunas 5 / vacunas; cuña 2 / cuñas; carro de curas 35 / curas
items: concentrado de hematíes 1 / hematíes
[clinic]
title: Centro de salud; Clínica dental; Clínica de día; Centro de rehabilitación; Clínica veterinaria; Centro de diálisis
areas: Entrada; Tratamientos; Diagnóstico; Personal; Piso alto; Ala jardín; Bajo; Balneario
room: Consulta # / cons. #; Sala de curas # / curas #; Sala de exploración # / exploración #
room: Gimnasio de rehabilitación / rehabilitación; Piscina terapéutica / piscina
desk: Mostrador / admisión; Ventanilla # / vent. #; Triaje / clasificación
lab: Torno de muestras / torno; Extracciones # / extrac #; Ecografía / ecos; Protésico / prótesis
store: Armario de fármacos / fármacos; Fungibles / almacén de fungible; Cuarto de gases / gases; Autoclave / esterilizador
ward: Hospital de día / camas de día; Perrera / perros; Puesto de diálisis # / diálisis #; Sala de reposo / reposo
items: frasco de orina 1 / orinas; paquete de gasas 2 / gasas; caja de guantes 1 / guantes; paquete de jeringas 1 / jeringas
items: kit de test 1 / tests; caja de suero 12 / suero; bandeja de implantes 3 / implantes; radiografía 1 / placas
items: caja de vendas 3 / vendas; toallas limpias 5 / toallas; fichas 1
[hotel]
title: Gran Hotel; Hotel del Aeropuerto; Hotel Balneario; Hotel de Congresos; Parador; Hotel Playa
areas: Vestíbulo; Piso 2; Piso 3; Piso 4; Spa; Servicio; Ala congresos; Terraza; Jardín
room: Habitación # / hab. #; Suite # / la suite #; Salón de reuniones # / reuniones #; Salón de baile / baile
room: Suite nupcial / nupcial
desk: Recepción / front; Conserjería / conserje; Botones / maletero; Mostrador spa / spa
kitchen: Cocina de banquetes / banquetes; Servicio de habitaciones / room service; Repostería / reposteros; Fregadero / platos
store: Lencería # / ropa #; Office de piso # / office #; Consigna / maletas; Bodega / vinos; Almacén de minibares / minibar
restaurant: Sala de desayunos / desayunos; Bar de la azotea / azotea; Taberna; Bar piscina / piscina
waste: Cuarto de botellas / botellas; Bajante # / bajante de ropa #; Cuarto de basuras / basura
items: maleta 20 / maletas / equipaje; pila de toallas 8 / toallas; sábanas 10 / ropa de cama; bandeja de desayuno 3 / desayunos
items: caja de minibar 12 / minibar; flores 2 / ramos; carro de habitaciones 30 / room service; albornoz 1 / albornoces
items: cubitera 3 / hielo; almohada 1 / almohadas; caja de vino 15 / vino; vajilla sucia 12 / platos sucios
items: caja de jabones 6 / jabones; silla plegable 5 / sillas; periódico 1 / prensa; cuna 14 / cunas
[airport]
title: Aeropuerto Internacional; Aeropuerto Regional; Terminal de carga; Terminal 2; Centro de carga aérea
areas: Llegadas; Salidas; Lado aire; Lado tierra; Dique A; Dique B; Nave de carga; Sótano de equipajes; Dique norte
gate: Puerta # / pta. #; Puerta de embarque # / embarque #; Puerta de bus # / bus #
desk: Isla de facturación # / isla #; Información / punto info; Objetos perdidos / perdidos; Conexiones # / conex #
belt: Cinta # / cinta de equipaje #; Equipaje especial / especiales; Filtro # / control #
cargo: Posición ULD # / ULD #; Paletizado / armado; Desconsolidado / desarmado; Nevera de perecederos / perecederos
cargo: Jaula de aduana / aduana
store: Almacén duty free / duty free; Muelle de catering # / catering #; Parque de carritos # / carritos #
store: Absorbente / kit de derrames
lounge: Sala VIP # / VIP #; Capilla multiconfesional / oración; Rincón infantil / niños; Sala de fumadores / fumadores
items: equipaje facturado 21 / equipaje / maletas; contenedor ULD 900 / ULD; saca de correo 14 / correo
items: silla de ruedas 17 / sillas; carrito de bebé 9 / carritos de bebé; caja duty free 16 / duty free
items: bandejas de catering 20 / catering; objeto perdido 2 / perdidos; carrito de equipaje 25 / carritos
items: transportín 24 / mascotas; caja de langostas 12 / langostas; rueda de repuesto 120 / rueda; saco de mantas 8 / mantas
items: garrafa de agua 19 / agua; funda de esquís 7 / esquís
[harbour]
title: Terminal de contenedores; Estación marítima; Puerto pesquero; Marina; Puerto fluvial; Terminal de cruceros
areas: Muelle norte; Muelle sur; Patio de contenedores; Frigoríficos; Aduana; Espigón; Zona ro-ro; Tinglados
dock: Atraque # / atr. #; Pantalán # / pant. #; Embarcadero # / embarque #; Varadero / grada; Rampa del ferry # / ferry #
storage: Pila # / bloque #; Toma reefer # / reefers #; Tinglado # / ting. #; Patio de peligrosas / peligrosas
storage: Depósito de vacíos / vacíos
workshop: Velería / velas; Almacén de redes / redes; Efectos navales / pertrechos; Taller de grúas / grúas
desk: Ventanilla de aduana / aduana; Capitanía / capitán; Báscula / la báscula; Garita # / control de garita #
store: Fábrica de hielo / hielo; Lonja / pescado; Cabuyería / cabos; Depósito de gasóleo / gasóleo
store: Jaula de trincaje # / trincaje #
items: caja de pescado 30 / pescado / captura; rollo de cabo 40 / cabos; barra de trinca 18 / trincas
items: caja de twistlocks 60 / twistlocks; víveres 25; defensa 70 / defensas; fardo de redes 55 / redes
items: cuba de hielo 120 / hielo; petate 20 / petates; cadena de ancla 500 / cadena; chalecos 22 / salvavidas
items: luz de boya 6 / luces; bote de pintura 12 / pintura; enchufe reefer 5 / enchufes; amarra 85 / amarras
items: barrera anticontaminante 45 / barreras
[brewery]
title: Cervecería; Cervecera artesana; Embotelladora; Destilería; Bodegas; Sidrería
areas: Cocción; Bodega; Envasado; Taproom; Maltería; Bloque frío; Sala de barricas; Patio
production: Caldera # / cald. #; Fermentador # / ferm #; Tanque de guarda # / guarda #; Embotelladora # / botellas #
production: Enlatadora / latas; Llenadora de barriles # / barriles #
store: Silo de malta # / silo #; Cuarto de lúpulo / lúpulo; Cuarto de levadura / levadura; Fila de barricas # / barricas #
store: Estante de chapas / chapas; Bodega fría / bodega
lab: Sala de cata / catas; Laboratorio cervecero / labo; Mesa de densidad / densidad
machine: Lavacajas / lavadora; Paletizador # / paletizado #; Lavabarriles / lavado; Etiquetadora # / etiq #
dock: Muelle de reparto # / reparto #; Punto de cisternas / cisterna; Tienda / la tienda
waste: Bagazo / tolva de bagazo; Contenedor de vidrio / vidrio; Retorno de envases / retornables / devoluciones
items: barril 45 / barriles; saco de malta 25 / malta; bala de lúpulo 12 / lúpulo; caja de cerveza 18 / cerveza
items: cubo de levadura 9 / levadura; palé de botellas 620 / botellas; palé de latas 400 / latas; caja de chapas 11 / chapas
items: barril vacío 12 / vacíos / barriles vacíos; muestra de mosto 1 / mosto; botella de CO2 40 / CO2; barrica 60
[lab]
title: Instituto de investigación; Centro de genómica; Laboratorio de materiales; Planta farmacéutica; Planta de vacunas
title: Centro de ensayos
areas: Zona limpia; Zona gris; Piso 1; Piso 2; Labos húmedos; Animalario; Planta piloto; Apoyo; Zona P2
lab: Laboratorio # / labo #; Labo húmedo # / húmedo #; Cultivos # / cultivo #; Secuenciación / secuenciador
lab: Microscopía / microscopios; Espectroscopía / espectro; Pesadas
bench: Poyata # / banco #; Campana # / vitrina de gases #; Caja de guantes # / CG #; Puerto de muestras # / puerto #
store: Congeladores / menos ochenta / frío; Almacén químico / químicos; Armario de disolventes # / disolventes #
store: Vidriería / vidrio; Jaula de gases / gases
production: Compresora # / comprimidos #; Sala de mezclas / mezclador; Llenadora de viales # / llenado #; Liofilizador / liofi
production: Bombo de recubrimiento # / bombo #
airlock: Esclusa de material # / esclusa #; Vestuario limpio / vestuario; Pasamuros # / PM #
waste: Disolventes usados / usados; Autoclave # / auto #; Cuarto de lavado / lavado
items: gradilla 2 / gradillas / muestras; kit de reactivos 3 / reactivos; frasco de tampón 10 / tampón; hielo seco 15
items: puntas de pipeta 2 / puntas; placas Petri 3 / placas; bidón de disolvente 20 / disolvente
items: dewar de nitrógeno 60 / nitrógeno; bandeja de vidrio 6 / vidrio; jaula de ratones 4 / ratones
items: bandeja de viales 5 / viales; tambor de comprimidos 45 / comprimidos; guía de lote 1 / guías; paquete de batas 4 / batas
items: bolsa biorresiduo 8; tambor de principio activo 30
[supermarket]
title: Supermercado; Mercado fresco; Hipermercado; Mayorista; Centro de jardinería; Tienda de bricolaje
areas: Trastienda; Sala de ventas; Refrigerado; Seco; Frescos; Línea de cajas; Recogida online; Patio
aisle: Pasillo # / pas. #; Cabecera # / cab. #; Isla promo # / promo #
counter: Charcutería / embutido; Pescadería / pescado; Quesería / quesos; Carnicería / carne; Panadería / pan
counter: Atención al cliente / atención / devoluciones
checkout: Caja # / cj #; Autopago / autocajas; Recogida de pedidos / recogida
store: Cámara de lácteos / leche / lácteos; Congelados # / congel #; Verduras / cuarto de verdura; Cámara de flores / flores
store: Jaula de tabaco / tabaco; Mascotas / piensos
dock: Puerta trasera # / trasera #; Descarga # / desc. #; Muelle de lácteos / muelle leche
waste: Retorno de botellas / botellas; Cubo orgánico / orgánico; Rincón del cartón / cartón
items: carro de leche 140 / leche; caja de plátanos 18 / plátanos; bandeja de pan 7 / pan; jaula de congelado 160 / congelados
items: caja de huevos 12 / huevos; torre de cerveza 220; pack de agua 9 / agua; saco de pienso 15 / pienso
items: cubo de flores 5 / flores; expositor 20 / expositores; pila de cestas 12 / cestas; cajas vacías 16 / vacías / vacíos
items: saco de tierra 20 / tierra; bote de pintura 14 / pintura; malla de patatas 10 / patatas; detergente 8
[library]
title: Biblioteca Municipal; Biblioteca Universitaria; Archivo Nacional; Biblioteca de Derecho; Mediateca
areas: Bajo; Primera planta; Segunda planta; Depósito; Sala grande; Rincón infantil; Reservado; Anexo
shelf: Estante # / est. #; Fila de depósito # / depósito #; Mapoteca / mapas; Novela / novelas; Cómics / tebeos
shelf: Hemeroteca / revistas
desk: Mostrador de préstamo / préstamo; Buzón # / devoluciones #; Consulta / información; Clasificador de libros / clasificador
desk: Reservas / estante de reservas
room: Sala de lectura # / lectura #; Sala de estudio # / estudio #; Cabina de grupo # / grupo #; Fondo antiguo / antiguo
room: Cuentacuentos / cuentos
workshop: Encuadernación / encuadernadores; Digitalización / escáner; Restauración de libros / restauración
workshop: Catalogación / catálogo; Correo interno / correo
items: carro de libros 60 / carros; libros devueltos 12 / devoluciones; caja de reservas 10 / reservas; tubo de mapas 1 / mapas
items: atlas 4; caja de libros 18 / libros; paquete de periódicos 8 / periódicos; caja de archivo 7 / archivos
items: caja de DVD 6 / DVD; maleta de portátiles 15 / portátiles; microfilmes 3 / películas
[farm]
title: Granja lechera; Granja ecológica; Invernaderos; Granja avícola; Finca; Granja vertical
areas: Establo; Invernadero; Corral; Nave de envasado; Ordeño; Campo norte; Huerto; Cámara
barn: Corral # / cor. #; Sala de ordeño / ordeño; Terneros / ternerera; Gallinero # / gallinas #; Aprisco / corderos
barn: Caballerizas / caballos
greenhouse: Invernadero # / inv. #; Bancal # / banc. #; Mesa de semillero # / semillero #; Línea de tomate # / tomates #
greenhouse: Propagación / esquejes
store: Silo de pienso # / pienso #; Pajar / heno; Semillas / almacén de semillas; Cobertizo de abono / abono
store: Cuarto de huevos / huevos; Cámara de manzanas # / manzanas #; Bodega de raíces / raíces
workshop: Nave de tractores / tractores; Cuarto de aperos / aperos; Lavadero / lavado; Fitosanitarios / fitos
packing: Calibradora / calibrado; Envasado # / env. #; Tienda de la finca / tienda; Punto de recogida / recogida
waste: Estercolero / estiércol; Compostera # / compost #
items: saco de pienso 25 / pienso; paca de heno 18 / heno / pacas; lechera 50 / leche; bandeja de huevos 3 / huevos
items: palot de manzanas 380 / manzanas; plancha de plantones 2 / plantones; caja de calabazas 40 / calabazas
items: paca de paja 15 / paja; saco de abono 25 / abono; carro de plantas 120 / plantas; caja de lechugas 5 / lechugas
items: maletín veterinario 4; cajas de campo vacías 14 / vacías / vacíos; cubo de compost 60 / compost
items: saco de zanahorias 20 / zanahorias; poste 9 / postes; cuba de agua 500 / agua
[printing]
title: Imprenta; Rotativas del diario; Impresión de envases; Encuadernaciones; Etiquetas y cía
areas: Sala de máquinas; Preimpresión; Acabados; Papel; Envíos; Tintas; Encuadernado; Bobinas
production: Offset # / máquina #; Rotativa # / roto #; Digital # / impresora digital #; Plegadora # / plegado #
production: Guillotina # / guillo #; Laminado; Alzadora # / grapado #; Troqueladora # / troquel #; Tapas / tapa dura
production: Fresado y cola / fresado
store: Almacén de papel # / papel #; Parque de bobinas / bobinas; Cuarto de tintas / tintas; Estante de planchas # / planchas #
store: Troqueles / almacén de troqueles; Pulmón de pliegos # / pliegos #
desk: Pruebas / pruebas de color; Sala de planchas / CTP; Oficina de pedidos / pedidos; Cabina de luz / cabina
desk: Mesa de salida # / salida #
waste: Prensa de recortes / recortes; Tintas usadas / tinta vieja; Contenedor de maculatura / maculatura
items: bobina de papel 900 / bobinas; pila de pliegos 350 / pliegos; bote de tinta 20 / tinta; planchas 8
items: palé de libros 520 / libros; caja de folletos 11 / folletos; fardo de periódicos 10 / periódicos
items: bobina de etiquetas 6 / etiquetas; carro de recortes 120 / recortes; pila de cubiertas 90 / cubiertas; troquel plano 14
items: prueba 1 / pruebas
[datacentre]
title: Centro de datos; Campus de colocation; Sede cloud; Punto neutro; Sala de cómputo
areas: Sala blanca; Sala 1; Sala 2; Técnica; Sala de operadores; Preparación; Oficinas; Fila este
rack: Rack # / armario #; Fila # / f#; Jaula # / jaula de cliente #; Pasillo frío # / PF #
plant: Sala SAI # / SAI #; Baterías # / banco de baterías #; Climatizadora # / clima #; Grupo electrógeno # / grupo #
plant: Enfriadora # / frío; Sala de bombas / bombas
store: Repuestos / cuarto de repuestos; Bóveda de discos / bóveda / discos; Cables / almacén de cables; Carros consola / consola
store: Trituradora / destrucción
desk: Centro de operaciones / NOC; Garita de seguridad / seguridad; Mesa de montaje # / montaje #
desk: Sala de integración / integración; Entrada de mercancía / entregas
items: servidor 22 / servidores; bandeja de discos 6 / discos; switch 9 / switches; caja de cables 7 / cables / latiguillos
items: bloque de batería 35 / baterías; kit de raíles 4 / raíles; módulos de memoria 1 / RAM; paquete de filtros 8 / filtros
items: discos muertos 12 / chatarra; losa técnica 11 / losas; módulo de ventiladores 3 / ventiladores
[postal]
title: Centro de tratamiento postal; Plataforma de paquetería; Oficina de reparto; Depósito de mensajería; Unidad de distribución
areas: Paquetes; Cartas; Turno de noche; Internacional; Aduanas; Furgonetas; Nivel alto; Nivel bajo
dock: Muelle de furgonetas # / furgos #; Muelle de enlace # / enlace #; Puerta aérea / avión
dock: Ventanilla de mensajeros # / mensajeros #
sorting: Clasificadora # / clasif #; Tolva # / tol. #; Casillero # / cas. #; Volcador # / volc #; Singulador / el singulador
sorting: Cinta cruzada # / cruzada #
desk: Averiguaciones / reclamos; Aduana postal / aduana; Apartados / apartados postales; Ventanilla de paquetes # / paquetes #
desk: Mesa de extraviados / extraviados
storage: Parque de carros / carros postales; Jaula de sacas # / sacas #; Lista de correos / lista
storage: Rincón de voluminosos / voluminosos / bultos; Estante de devueltos / devueltos
items: bandeja de cartas 6 / cartas; saca de paquetes 18 / sacas; carro postal 90 / carros; certificados 3 / certis
items: paquete voluminoso 32 / voluminosos; saca aérea 12 / aéreo; fardo de catálogos 14 / catálogos
items: bandejas vacías 8 / vacías / vacíos; devueltos 5 / devoluciones; caja de sellos 2 / sellos
[bakery]
title: Panificadora; Obrador; Pastelería; Fábrica de chocolate; Galletera; Cocina central
areas: Masas; Hornos; Enfriado; Envasado; Cámara; Lado dulce; Torre de harina; Expedición
production: Horno # / hor. #; Amasadora # / amas #; Fermentadora # / fermento #; Mesa de masa # / mesa #
production: Rebanadora # / rebanado #; Glaseado; Bañadora / línea de chocolate
store: Silo de harina # / harina #; Azúcar / almacén de azúcar; Nevera de mantequilla / mantequilla; Especiero / especias
store: Moldes # / estante de moldes #; Nevera de huevos / huevos; Cuarto de nueces / alérgenos
packing: Embolsadora # / bolsas #; Encajado de tartas / tartas; Detector # / metales #
cooling: Espiral de enfriado / espiral; Carro de enfriado # / enfriado #; Abatidor # / abat #
dock: Muelle de tiendas # / tiendas #; Ventana de la tienda / tienda
waste: Migas / tolva de migas; Pan duro / duro; Lavado de bandejas / lavabandejas
items: saco de harina 25 / harina; cuba de masa 60 / masa; carro de pan 110 / pan / panes; caja de tarta 2 / tartas
items: bloque de mantequilla 20 / mantequilla; saco de azúcar 25 / azúcar; bandeja de bollos 5 / bollos; molde 3 / moldes
items: bidón de chocolate 40 / chocolate; carro de empanadas 95 / empanadas; cubo de huevo 15 / huevo; bandejas sucias 9
items: levadura fresca 10
[shipyard]
title: Astillero; Varadero; Dique seco; Hangar de aviones; Taller ferroviario; Fábrica de aerogeneradores
areas: Grada; Dique; Herreros; Armamento; Hangar; Tubos; Nave de palas; Muelle
dock: Dique seco # / dique #; Grada # / gr. #; Puesto de hangar # / puesto #; Vía # / foso #; Muelle de armamento / armamento
production: Oxicorte # / plasma #; Línea de paneles / paneles; Nave de bloques # / bloque #; Curvadora / curvado
production: Cabina de granallado / granalla; Molde de pala # / molde #
store: Parque de chapa / chapa; Pañol de soldadura / electrodos; Válvulas / pañol de válvulas; Zona de motores # / motores #
store: Remaches / pañol de remaches; Carretes / parque de bobinas; Bogies / fila de bogies
workshop: Carpintería / carpinteros; Taller eléctrico / electricistas; Taller de velas / velas; Taller de turbinas / turbinas
workshop: Torno de ruedas / ruedas
items: paquete de planchas 1800 / planchas; tramo de tubería 140 / tubos; caja de válvulas 75 / válvulas
items: varillas 12 / electrodos; carrete de cable 260 / cable; reactor 2400; caja de remaches 9 / remaches
items: cubo de esmalte 22 / esmalte; ánodos 35 / zincs; tapa de escotilla 310 / tapas; fila de asientos 45 / asientos
items: pastillas de freno 16; pernos de pala 4
[museum]
title: Museo de la Ciudad; Museo de la Ciencia; Galería de Arte; Museo de Historia Natural; Acuario; Recinto Ferial
areas: Planta noble; Piso superior; Ala este; Ala oeste; Almacenes; Zona pública; Jardín; Sala de barcos
gallery: Sala # / s. #; Galería # / gal #; Sala egipcia / Egipto / momias; Sala de dinosaurios / dinos
gallery: Patio de esculturas / esculturas; Planetario / estrellas; Tanque del arrecife / arrecife
exhibition: Stand # / caseta #; Exposición temporal / temporal; Taller infantil / niños; Piscina táctil / rayas
desk: Taquilla # / entradas #; Guardarropa / abrigos; Audioguías / mostrador audio; Tienda del museo / tienda
desk: Punto de información / info
store: Almacén de pintura / cuadros; Almacén de cajas / cajas; Vestuario histórico / trajes; Depósito # / dep. #
store: Cámara climática # / clima #; Cocina de peces / comida
workshop: Restauración / restauradores; Taller de marcos / marcos; Estudio de foto / foto; Cuarto de cuarentena / cuarentena
items: caja de cuadro 45 / cuadros / pinturas; maleta de audioguías 14 / audioguías; estatua 120 / escultura
items: caja de folletos 9 / folletos; vitrina 85 / vitrinas; sillas plegables 24 / sillas
items: bandeja de fósiles 7 / fósiles / huesos; perchero de trajes 30 / trajes; perchero 16; comida para peces 8
items: catenaria 12 / cordones
[school]
title: Instituto; Campus; Colegio; Escuela técnica; Conservatorio; Palacio de congresos
areas: Edificio principal; Ciencias; Deportes; Piso 1; Piso 2; Comedor; Administración; Patio
room: Aula # / clase #; Aula magna # / magna #; Seminario # / sem. #; Aula de música / música; Aula de arte / arte
room: Aula de química / química; Paraninfo
desk: Secretaría / oficina; Ventanilla TIC / informática; Conserjería / conserje / bedel; Oficina de exámenes / exámenes
desk: Sala de profesores / profes
store: Almacén de sillas / sillas; Cuarto de libros / libros; Material deportivo / balones; Reprografía / fotocopias
store: Objetos perdidos / perdidos; Instrumentos / cuarto de instrumentos
gym: Gimnasio # / gim #; Piscina cubierta / piscina; Escenario / bambalinas; Estudio de danza / danza
kitchen: Cocina del comedor / cocina; Línea de comedor # / comedor #; Recogida de bandejas / bandejas; Cafetería / la cafe
items: caja de libros de texto 16 / libros; carro de almuerzos 60 / almuerzos; exámenes 5; proyector 7 / cañón; colchonetas 30
items: carro de portátiles 70 / portátiles; pila de sillas 32 / sillas; papel de copia 12 / papel
items: maleta de microscopios 6 / microscopios; violonchelo 8 / chelos; caja de química 9 / química; chaquetas perdidas 3
[cinema]
title: Multicines; Teatro de la Ópera; Auditorio; Estadio; Parque temático; Teatro; Casino; Estudios de televisión
areas: Vestíbulo; Anfiteatro; Bambalinas; Lateral; Tribuna norte; Tribuna sur; Restauración; Platós
hall: Sala # / s. #; Cine # / ci. #; Plató # / pl. #; Sector # / bloque #; Palco # / plc #; Escenario principal / escenario
hall: Sala de ensayo # / ensayo #
counter: Palomitas / mostrador de palomitas; Taquillas / entradas; Ropero # / abrigos #; Quiosco # / q. #; Barra # / cerveza #
counter: Sala VIP / VIP; Tienda oficial / tienda
store: Atrezo / utilería; Sastrería / vestuario; Almacén de chuches / chuches; Cuarto de luces / focos; Cuarto de cables / cables
store: Muelle de decorados / decorados
room: Camerino # / cam. #; Sala verde / verde; Cabina # / proyección #; Foso de orquesta / foso; Realización / la reali
room: Maquillaje / maquilladoras
waste: Cuarto de cascos / vacíos; Muelle de basura / basura; Devolución de gafas / gafas
items: saco de palomitas 12 / palomitas; barril de cola 24 / cola / sirope; burro de vestuario 35 / trajes
items: caja de atrezo 14 / atrezo; pie de foco 18 / focos; tubo de carteles 2; flight case 65 / cajones; altavoz 40 / altavoces
items: caja de nachos 8 / nachos; gafas 3D 6 / gafas; rollos de entradas 3 / entradas; atriles 20
[office]
title: Sede central; Parque empresarial; Centro de llamadas; Ayuntamiento; Juzgados; Torre del banco; Coworking
areas: Piso 1; Piso 2; Piso 3; Hall; Torre A; Torre B; Archivo; Azotea
room: Sala de reuniones # / reuniones #; Despacho # / desp. #; Sala de vistas # / vistas #; Sala del consejo / consejo
room: Cabina telefónica # / cabina #; Sala de formación / formación; Rincón de copias # / copias #
desk: Recepción / entrada; Registro / correo; Soporte informático / informática; Servicios generales / servicios; Caja / cajero
desk: Puesto de seguridad / vigilantes
kitchen: Punto de café # / café #; Cocinilla # / té #; Comedor / comida; Bocatería / bocadillos
store: Material de oficina / papelería; Archivo # / expedientes #; Sala de servidores baja / servidores; Estante de tóner / tóner
store: Caja fuerte / bóveda; Aparcabicis / bicis
items: bandeja de correo 3 / correo; paquetito 4 / paquetes; caja de tóner 6 / tóner; caja de expedientes 9 / expedientes
items: caja de café 8 / café; garrafón 19 / agua; pantalla 7 / pantallas; portátil 2 / portátiles; papel de impresora 12 / papel
items: carro de catering 45 / catering; silla de oficina 15 / sillas; cubo de destrucción 28
"""
