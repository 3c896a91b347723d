"""French words that sites of every trade share. `lexicon` says how these texts are read."""

COMMON = """
charger: Chargeur # / charge #; Borne # / borne de recharge #; Local batteries / batteries; Point de charge # / PC #
charger: Station de charge # / station #; Mur de charge / le mur; Prise # / pr. #; Baie de charge # / baie charge #
charger: Échange batteries / échange; Alcôve de charge / alcôve; Poste électrique # / élec #
parking: Parking # / pk #; Garage robots / garage; Baie d'attente # / attente robots #; Place de repos # / repos #
parking: Coin dépôt / le coin; Voie de garage / voie; Base arrière # / base #; Zone de veille # / veille #
parking: Stationnement # / statio #; Remise robots / remise; Enclos / l'enclos
zone: Réfectoire / salle de pause; Salle serveurs / serveurs; Cage presse / cage; Salle de jeux / jeux; Local haute tension / HT
zone: Escalier # / esc. #; Chapelle; Coin fumeurs / fumeurs; Vestiaires # / vest. #; Atrium / verrière
zone: Cellule robotisée / clôture; Salle de radiations / zone chaude; Zone rouge / rouge; Rue piétonne / piétons
zone: Infirmerie / secours; Zone de tir / interdit; Sol mouillé / mouillé; Point de rassemblement / rassemblement
elevator: Ascenseur # / asc. #; Monte-charge # / MC #; Ascenseur de service / service; Table élévatrice / élévateur
corridor: Couloir # / coul. #; Couloir principal / grand couloir; Passerelle / la passerelle; Passage arrière / derrière
corridor: Tunnel de service / tunnel
intersection: Croisement # / carrefour #; Carrefour central / carrefour; Croisement chariots / croisement
intersection: Angle mort / coin aveugle
door: Porte rapide # / PR #; Porte coupe-feu # / PCF #; Rideau # / rideau métallique #; Porte battante / battante; Sas / le sas
washroom: Toilettes # / WC #; Local ménage / ménage
meeting point: Entrée visiteurs / entrée / visiteurs; Grand hall / hall
items: caisse à outils 11 / outils; colis 5 / paquets; caisse 12 / caisses; boîte en carton 4 / boîtes
items: dossier 1 / papiers / documents; poubelle 30 / poubelles / ordures; bouteilles d'eau 12 / eau; boîte à clés 1 / clés
items: batterie de rechange 14 / batteries; chariot 30 / chariots; kit de nettoyage 8 / ménage; échelle 13; seau 6 / seaux
items: palette vide 22 / vides / palettes vides; caisse de pièces 10 / pièces; trousse de secours 3 / trousse
items: sacoche courrier 7 / courrier; sac de tenues 6 / tenues
"""

TYPES = """
carrier: AMR [AMR A M] / AMRs / chariots; transporteur [TR T] / transporteurs; navette [NAV N NV] / navettes
carrier: porteur [PO P] / porteurs; chariot robot [CR C] / chariots; mule [MU M] / mules / ânes; coursier [CO] / coursiers
carrier: plateforme [PF] / plateformes; AGV [AGV V] / AGVs / véhicule
tugger: tracteur [TRA TT] / tracteurs; remorqueur [REM R] / remorqueurs; petit train [PT] / petits trains / train
tugger: tireur [TI] / tireurs / locomotive
forklift: chariot élévateur [CE F] / élévateurs / fourches; gerbeur [G GE] / gerbeurs; chariot à mât [CM] / mâts
forklift: fenwick [FW] / fenwicks / clark
pallet: transpalette [TP] / transpalettes / tire-pal; lève-palette [LP] / lève-palettes; porte-palette [PP] / porte-palettes
pallet: soulève-palette [SP] / souleveurs
courier: livreur [L LI] / livreurs; robot de livraison [RL] / robots de livraison; armoire mobile [AM] / armoires
courier: brancardier [BR] / porteur de service
cooler: glacière mobile [GL] / glacières; frigo roulant [FR] / frigos; caisson froid [CF] / caissons
cleaner: nettoyeur [NE N] / nettoyeurs; autolaveuse [AL] / autolaveuses / laveuse; balayeuse [BA B] / balayeuses / balai
cleaner: aspirateur [AS] / aspirateurs / aspi
uv: robot UV [UV U] / UV / lampes; désinfecteur [DE D] / désinfecteurs; nébuliseur [NB] / nébuliseurs / brumisateur
inspector: inspecteur [IN I] / inspecteurs / contrôleur; robot caméra [CA] / caméras; scanneur [SC] / scanneurs
inspector: rover thermique [RT] / rovers
guard: gardien [GA G] / gardiens / vigile; patrouilleur [PA] / patrouilleurs / ronde; sentinelle [SE S] / sentinelles
guard: veilleur [VE] / veilleurs de nuit
guide: guide [GU] / guides; hôte d'accueil [HO H] / hôtes; accompagnateur [AC] / accompagnateurs
guide: robot d'accueil [RA] / accueil mobile
allround: robot de service [RS] / robots de service / polyvalents; assistant [AS A] / assistants / aide
allround: majordome [MJ] / majordomes; bonne à tout faire [BF] / bonnes
"""

LISTS = """
people: Amélie; Basile; Céleste; Désiré; Élodie; Fernand; Gaston; Hélène; Isidore; Josette; Lucien; Marcel; Ninon; Odette
people: Philippe; Roland; Simone; Théo; Ursule; Victor; Yvette; Zélie; Achille; Berthe; Colette; Émile; Firmin; Georgette; Honoré
people: Jeannot; Lulu; Mireille; Norbert; Octave; Suzon; Raymond
pets: Médor; Biscotte; Éclair; Nounours; Filou; Pompon; Fusée; Zéphyr; Tornade; Noisette; Gribouille; Cacahuète; Ficelle
pets: Bouboule; Turbo; Caramel; Praline; Titi
stars: Mercure; Vénus; Mars; Jupiter; Saturne; Orion; Véga; Sirius; Rigel; Atlas; Titan; Apollon; Hermès; Junon; Comète; Luna
stars: Phénix; Zeus; Thor; Pégase
brands: Roulix; Kivo; Portix; Chariotte; Trako; Bougeotte; Cargou; Nimbo; Filoche; Movia; Roulo; Tirou; Zoé-Bot; Kangou; Porto
brands: Transpo; Vitou; Caddou; Rapido
robotwords: Robot; Bot; Unité; Véhicule; Machine; Engin; N°
compass: Nord; Sud; Est; Ouest
side: Gauche; Droite; Haut; Bas; Avant; Arrière; Intérieur; Extérieur
colour: Rouge; Bleu; Vert; Jaune; Orange; Blanc; Noir; Violet
theme: Oslo; Lyon; Le Caire; Lima; Kyoto; Dublin; Porto; Dakar
theme: Chêne; Érable; Bouleau; Saule; Cèdre; Orme; Tilleul; Pin
theme: Faucon; Loutre; Lynx; Héron; Renard; Corbeau
theme: Curie; Pasteur; Ampère; Descartes; Lavoisier; Tesla; Fermat
theme: Alpha; Bravo; Charlie; Delta; Echo; Foxtrot; Golf
theme: Rubis; Opale; Jade; Ambre; Perle
numbers: un; deux; trois; quatre; cinq; six; sept; huit; neuf; dix; onze; douze
floors: Niveau #; Allée #; Travée #; Étage #; Hall #; Bâtiment #; Zone #; Secteur #; Bloc #; Aile #
chargenicks: la base; le jus; la maison; les prises; la pompe; récupération; la station; le plein; courant
parknicks: la base; la maison; le garage; la niche; repos; le nid; l'écurie; le dodo; dépôt
anynicks: le carrefour; le fond; la fosse; le trou; la réserve; devant; derrière; qualité; la grotte; en bas; la cabane; contrôle
anynicks: le coin; côté propre; le bout
robotnicks: le gros; le petit; le vieux; le nouveau; le grand rouge; la tortue; le bleu; papy; le bruyant; junior; la réserve
robotnicks: la bête; la grosse; le costaud
typenicks: robots; machines; engins; l'équipe; les gars; la bande; unités; copains
small: de; du; des; d; la; le; les; l; à; au; et; en; pour
number: numéro #; n° #; num #
articles: numéro
containers: caisse de # 18; palette de # 450; carton de # 8; fût de # 190; sac de # 20; bac de # 14; chariot de # 60
containers: rack de # 140; roll de # 110; seau de # 10; pile de # 40
contents: boulons; riz; câbles; bouteilles; serviettes; chaussures; lampes; filtres; vis; vannes; jouets; carreaux; pommes
contents: roulements; papier; produits chimiques; livres; pompes; capteurs; verre; café; savon; tubes; coussins; panneaux; tuyaux
contents: aimants; équerres; brosses; gants; casques; vestes; bougies; tasses; piles; moteurs; graines; sel; clous; joints
contents: écrous; gravier; miel
notes: Aucun robot n'entre dans une zone interdite.; Vitesse limitée à 1,2 m/s.; {heavy} porte jusqu'à {kg} kg.
notes: Couloirs libres au changement d'équipe.; Les robots ne transportent jamais de personnes.; Les visiteurs ont priorité.
notes: {heavy} est le costaud ({kg} kg).; Un seul robot par ascenseur.; Calme après 21 h.
brandnames: Norvik; Beaulieu; Clairval; Montfort; Roche-Noire; Méridien; Valmy; Tilleul; Bleucime; Lindqvist; Marlot
brandnames: Rivet et Fils; Solmer; Grandpré; Fontaine
"""
