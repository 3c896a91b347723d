"""French words for random sites. `lexicon` says how these texts are read."""

TRADES = """
[warehouse]
title: Plateforme logistique; Entrepôt central; Centre de distribution; Dépôt de pièces; Hub e-commerce; Entrepôt sous douane
areas: Réception; Expédition; Grande hauteur; Préparation; Zone froide; Mezzanine; Réserve; Côté cour; Hall 1; Hall 2
dock: Quai # / porte #; Porte de quai # / PQ #; Baie de chargement # / baie #; Portail camions # / portail #
staging: Zone d'attente # / attente #; Tampon départ / tampon; Couloir d'arrivée / arrivées
staging: Travée de regroupement # / regroupement #
rack: Rayonnage # / rayon #; Allée # / al. #; Emplacement palette # / emplacement #; Palettier # / pal. #; Étagère # / étag. #
packing: Table d'emballage # / emballage #; Poste colisage # / colisage #; Emballage cadeau / cadeaux
packing: Étiquetage # / étiquettes #
desk: Bureau de réception / réception marchandises; Bureau des expéditions / expés; Litiges / retours
desk: Poste de pilotage / pilotage
machine: Banderoleuse # / filmeuse #; Tunnel de rétraction / tunnel; Presse à carton / presse; Goulotte de tri # / goulotte #
store: Cage douane / douane; Chambre froide # / frigo #; Parc à vides / vides / les vides
store: Zone de blocage / bloqués / quarantaine; Local matières dangereuses / ADR
items: carton 9 / cartons; bac gris 12 / bacs; roll 80 / rolls; palette Europe 22 / palettes / EPAL; palette mixte 480 / mixtes
items: balle de carton 300 / balles; chariot de picking 55 / chariot prépa; rouleau de film 15 / film; colis retour 4 / retours
items: rouleaux d'étiquettes 2 / étiquettes; fût dangereux 210 / ADR; pile de bacs vides 30 / vides / bacs vides
items: colis hors gabarit 350 / hors gabarit
[factory]
title: Usine de boîtes de vitesses; Usine de pompes; Fabrique de meubles; Usine d'électroménager; Usine de pneus; Atelier vélos
areas: Usinage; Montage final; Peinture; Magasins; Fonderie; Hall A; Hall B; Essais; Bord de ligne; Tôlerie
production: Ligne # / Li #; Îlot de montage # / îlot #; Tour # / tournage #; Fraiseuse # / fraisage #; Presse # / emboutissage #
production: Presse à injecter # / injection #; Poste de soudure # / soudure #; Four de trempe # / trempe #
line drop: Point de dépose # / dépose #; Bord de ligne # / BDL #; Point de relais # / relais #
buffer: Rack kanban # / kanban #; Tampon en-cours # / en-cours #; Supermarché # / marché #; Séquencement # / séquence #
store: Magasin brut / bruts; Outillage / magasin outils; Magasin visserie / visserie; Local peintures / peintures
inspection point: Banc d'essai # / banc #; Mur qualité / qualité; Salle de métrologie / métro; Test d'étanchéité / étanchéité
rework: Zone de retouche / retouches; Cage à rebuts / rebuts; Benne à copeaux / copeaux
workshop: Maintenance / dépannage / la maintenance; Atelier moules / moulistes
items: carter 35 / carters; jeu de pignons 18 / pignons; moteur 60 / moteurs; chariot de kits 45 / kits
items: conteneur grillagé 300 / grillagés; paquet de tôles 900 / tôles; bobine d'acier 4000 / bobines; bac de vis 14 / vis
items: faisceau 6 / faisceaux; bac de rebuts 90 / rebuts; outil de presse 1200; fût de peinture 180 / peinture
items: bidon de lubrifiant 21 / lubrifiant; benne de copeaux 250 / copeaux; corps de pompe 24 / pompes; pile de pneus 110 / pneus
[hospital]
title: Hôpital général; CHU; Hôpital Sainte-Claire; Centre hospitalier; Hôpital des enfants; Polyclinique
areas: Sous-sol; Rez-de-chaussée; Niveau 1; Niveau 2; Niveau 3; Tour est; Aile ouest; Consultations; Plateau technique
areas: Logistique
ward: Unité # / U #; Médecine # / méd #; Chirurgie # / chir #; Unité neuro-vasculaire / UNV; Maternité / mater
ward: Pédiatrie / les enfants; Réanimation / réa; Soins intensifs / USI; Salle de réveil / réveil; Néonatologie / néonat
ward: Gériatrie / géria; Grands brûlés / brûlés
nurses station: Poste de soins # / poste #; Poste infirmier # / infirmières #
operating room: Bloc # / salle #; Salle d'opération # / salle d'op #; Coronarographie / coro
clinic: Urgences / SAU; Radiologie / radio; Endoscopie / endo; Salle de plâtre / plâtres; Ophtalmologie / ophtalmo
lab: Laboratoire central / labo; Dépôt de sang / banque du sang; Microbiologie / micro; Anapath / anatomopathologie
store: Lingerie # / linge #; Stérilisation / stérile / stéri; Parc matériel / matériel; Local lits / lits
store: Réserve propre # / propre #
waste: Local sale # / sale #; Local déchets / déchets / DASRI; Chute à linge / linge sale
pharmacy: Pharmacie / PUI; Unité de chimio / chimio
kitchen: Office # / office alimentaire #; Cuisine centrale / cuisine
room: Chambre # / ch. #; Chambre d'isolement # / isolement #; Box # / box de soins #
items: tube de sang 1 / tubes / prélèvements; poche de plasma 1 / plasma; bac de médicaments 6 / médocs / médicaments
items: perfusions 14 / perfs; culot globulaire 1 / culots; boîte d'instruments 12 / instruments / boîtes
items: chariot repas 75 / repas; chariot de linge 90 / linge propre; sac de linge sale 12 / linge sale
items: collecteur d'aiguilles 4 / aiguilles; bouteille d'oxygène 16 / oxygène / O2; pousse-seringue 4 / pompes
items: fauteuil roulant 18 / fauteuils; matelas 20; dossiers 2; chariot d'urgence 60 / urgence; bac DASRI 30 / DASRI
items: caisse de vaccins 5 / vaccins; bassin 2 / bassins; chariot de pansements 35 / pansements
[clinic]
title: Maison de santé; Clinique dentaire; Clinique ambulatoire; Centre de rééducation; Clinique vétérinaire; Centre de dialyse
areas: Accueil; Soins; Diagnostic; Côté personnel; Étage; Aile jardin; Rez; Balnéo
room: Cabinet # / cab. #; Salle de soins # / soins #; Salle d'examen # / examen #; Salle de kiné / kiné; Bassin / balnéothérapie
desk: Accueil patients / accueil; Guichet # / gui. #; Tri / orientation
lab: Passe-plat labo / passe-plat; Prélèvements # / prélev #; Échographie / écho; Prothésiste / prothèses
store: Armoire à pharmacie / pharmacie; Réserve consommables / consommables; Local gaz / gaz; Autoclave / stérilisateur
ward: Hospitalisation de jour / lits de jour; Chenil / chiens; Poste de dialyse # / dialyse #; Salon de repos / repos
items: flacon d'urine 1 / urines; paquet de compresses 2 / compresses; boîte de gants 1 / gants; lot de seringues 1 / seringues
items: kit de test 1 / tests; carton de sérum 12 / sérum; plateau d'implants 3 / implants; cliché radio 1 / clichés
items: boîte de bandes 3 / bandes; serviettes propres 5 / serviettes; chemise patient 1
[hotel]
title: Grand Hôtel; Hôtel de l'aéroport; Hôtel thermal; Hôtel des congrès; Auberge; Hôtel de la plage
areas: Hall d'entrée; Étage 2; Étage 3; Étage 4; Spa; Service; Aile congrès; Terrasse; Jardin
room: Chambre # / ch. #; Suite # / la suite #; Salle de réunion # / réunion #; Salle de bal / bal; Suite nuptiale / nuptiale
desk: Réception / front; Conciergerie / concierge; Bagagerie / bagages; Accueil spa / spa
kitchen: Cuisine banquets / banquets; Room service / service en chambre; Pâtisserie / pâtissiers; Plonge / vaisselle
store: Lingerie # / linge #; Office d'étage # / office #; Consigne / valises; Cave à vin / cave; Réserve minibars / minibars
restaurant: Salle des petits déjeuners / petit déj; Bar du toit / rooftop; Brasserie; Bar piscine / piscine
waste: Local bouteilles / bouteilles; Chute de linge # / chute #; Local poubelles / poubelles
items: valise 20 / valises / bagages; pile de serviettes 8 / serviettes; draps 10 / linge; plateau petit déj 3 / petit déj
items: caisse minibar 12 / minibar; bouquet 2 / fleurs; chariot room service 30 / room service; peignoir 1 / peignoirs
items: seau à glace 3 / glace; oreiller 1 / oreillers; caisse de vin 15 / vin; vaisselle sale 12 / vaisselle
items: carton de savons 6 / savons; chaise pliante 5 / chaises; journal 1 / journaux; lit bébé 14 / lit parapluie
[airport]
title: Aéroport international; Aéroport régional; Terminal fret; Terminal 2; Hub de fret
areas: Arrivées; Départs; Côté piste; Côté ville; Hall A; Hall B; Gare de fret; Sous-sol bagages; Jetée nord
gate: Porte # / pte #; Porte d'embarquement # / embarquement #; Porte bus # / bus #
desk: Banque d'enregistrement # / banque #; Point info / infos; Objets trouvés / trouvés; Correspondances # / corresp #
belt: Tapis # / tapis bagages #; Bagages hors format / hors format; Ligne de contrôle # / contrôle #
cargo: Emplacement ULD # / ULD #; Zone de palettisation / palettisation; Dégroupage / dégroup; Frigo périssables / périssables
cargo: Cage des douanes / douanes
store: Réserve duty free / duty free; Quai traiteur # / traiteur #; Parc à chariots # / chariots #
store: Absorbants / kit antipollution
lounge: Salon # / sal. #; Lieu de prière / prière; Coin enfants / enfants; Fumoir / fumeurs
items: bagage en soute 21 / bagages / valises; conteneur ULD 900 / ULD; sac postal 14 / courrier; fauteuil roulant 17 / fauteuils
items: poussette 9 / poussettes; caisse duty free 16 / duty free; plateaux repas 20 / plateaux; objet trouvé 2 / objets trouvés
items: chariot bagages 25 / chariots; cage animaux 24 / animaux; caisse de homards 12 / homards; roue de secours 120 / roue
items: sac de couvertures 8 / couvertures; bonbonne d'eau 19 / eau; housse à skis 7 / skis
[harbour]
title: Terminal à conteneurs; Gare maritime; Port de pêche; Marina; Port fluvial; Terminal croisière
areas: Quai nord; Quai sud; Parc conteneurs; Frigos; Douane; Môle; Zone roulier; Hangars
dock: Poste à quai # / PQ #; Jetée # / jet. #; Appontement # / ponton #; Cale de halage / cale; Rampe ferry # / ferry #
storage: Pile # / bloc #; Prise reefer # / reefers #; Hangar # / hgr #; Parc marchandises dangereuses / dangereux
storage: Dépôt de vides / vides
workshop: Voilerie / voiles; Magasin à filets / filets; Accastillage / ship; Atelier grues / grutiers
desk: Guichet douane / douane; Capitainerie / capitaine; Pont-bascule / bascule / pesée; Guérite # / pointage #
store: Glacière / glace; Criée / poisson; Magasin à cordages / cordages; Soute à gasoil / gasoil
store: Cage de saisissage # / saisissage #
items: caisse de poisson 30 / poisson / pêche; glène de cordage 40 / cordages; barre de saisissage 18 / barres
items: bac de twistlocks 60 / twistlocks; vivres 25; pare-battage 20 / défenses; ballot de filets 55 / filets
items: cuve de glace 120 / glace; sac de marin 20 / sacs; chaîne d'ancre 500 / chaîne; gilets 22 / brassières
items: feu de bouée 6 / feux; pot de peinture 12 / peinture; prise frigo 5 / prises; amarre 85 / amarres
items: barrage antipollution 45 / barrages
[brewery]
title: Brasserie; Brasserie artisanale; Embouteillage; Distillerie; Domaine viticole; Cidrerie
areas: Brassage; Caves; Conditionnement; Estaminet; Malterie; Bloc froid; Chai; Cour
production: Cuve # / cuv. #; Fermenteur # / ferm #; Cuve de garde # / garde #; Embouteilleuse # / bouteilles #
production: Canettage / canettes; Enfûteuse # / fûts #
store: Silo à malt # / malt #; Réserve houblon / houblon; Local levures / levures; Rangée de barriques # / barriques #
store: Rayon capsules / capsules; Cave froide / cave
lab: Salle de dégustation / dégustation; Labo brassage / labo; Poste densité / densité
machine: Laveuse de caisses / laveuse; Palettiseur # / palet #; Lave-fûts / lavage; Étiqueteuse # / étiq #
dock: Quai des livreurs # / livreurs #; Dépotage / citerne; Boutique / magasin
waste: Benne à drêches / drêches; Benne à verre / verre; Retour consignes / consignes / retours
items: fût 45 / fûts; sac de malt 25 / malt; balle de houblon 12 / houblon; casier de bière 18 / casiers / bière
items: seau de levure 9 / levure; palette de bouteilles 620; palette de canettes 400 / canettes; carton de capsules 11 / capsules
items: fût vide 12 / vides / fûts vides; échantillon de moût 1 / moût; bouteille de CO2 40 / CO2; barrique 60
[lab]
title: Institut de recherche; Laboratoire de génomique; Labo matériaux; Site pharmaceutique; Usine de vaccins; Centre d'essais
areas: Zone propre; Zone grise; Étage 1; Étage 2; Labos humides; Animalerie; Halle pilote; Support; Zone L2
lab: Labo # / lab #; Labo humide # / humide #; Culture cellulaire # / culture #; Séquençage / séquenceur
lab: Microscopie / microscopes; Spectroscopie / spectro; Pesée
bench: Paillasse # / plan #; Sorbonne # / hotte #; Boîte à gants # / BAG #; Guichet échantillons # / guichet #
store: Congélateurs / moins quatre-vingts / froid; Local chimie / chimie; Armoire à solvants # / solvants #; Verrerie
store: Cage à gaz / gaz
production: Presse à comprimés # / presse #; Salle de mélange / mélangeur; Remplisseuse # / remplissage #; Lyophilisateur / lyo
production: Turbine d'enrobage # / enrobage #
airlock: Sas matériel # / sas #; Vestiaire d'habillage / habillage; Passe-plats # / PP #
waste: Solvants usés / usés; Autoclave # / auto #; Laverie / lavage
items: portoir 2 / portoirs / échantillons; kit de réactifs 3 / réactifs; flacon de tampon 10 / tampon
items: glace carbonique 15 / carboglace; cônes de pipette 2 / cônes; boîtes de Petri 3 / boîtes; bidon de solvant 20 / solvant
items: dewar d'azote 60 / azote; plateau de verrerie 6 / verrerie; cage à souris 4 / souris; plateau de flacons 5 / flacons
items: fût de comprimés 45 / comprimés; dossier de lot 1 / dossiers; lot de blouses 4 / blouses; sac biodéchets 8
items: fût de principe actif 30
[supermarket]
title: Supermarché; Marché frais; Hypermarché; Cash and carry; Jardinerie; Magasin de bricolage
areas: Arrière-boutique; Surface de vente; Frais; Épicerie; Marée; Ligne de caisses; Drive; Cour
aisle: Rayon # / ray. #; Tête de gondole # / TG #; Îlot promo # / promo #
counter: Charcuterie / charcut; Poissonnerie / poisson; Fromagerie / fromages; Boucherie / viande; Boulangerie / pain
counter: Accueil client / service client / retours
checkout: Caisse # / cai. #; Caisses auto / auto; Retrait drive / drive
store: Chambre laitière / lait / crémerie; Surgelés # / surgel #; Légumerie / légumes; Froid fleurs / fleurs; Cage tabac / tabac
store: Animalerie / croquettes
dock: Porte arrière # / arrière #; Livraisons # / livraison #; Quai crémerie / quai lait
waste: Consigne bouteilles / bouteilles; Bac bio / bio; Coin cartons / cartons
items: roll de lait 140 / lait; carton de bananes 18 / bananes; bac à pain 7 / pain; roll surgelé 160 / surgelés
items: carton d'œufs 12 / œufs; tour de bière 220 / bière; pack d'eau 9 / eau; sac de croquettes 15 / croquettes
items: seau de fleurs 5 / fleurs; présentoir 20 / PLV; pile de paniers 12 / paniers; cageots vides 16 / vides
items: sac de terreau 20 / terreau; pot de peinture 14 / peinture; filet de patates 10 / patates; lessive 8
[library]
title: Médiathèque; Bibliothèque universitaire; Archives départementales; Bibliothèque de droit; Bibliothèque municipale
areas: Rez-de-chaussée; Premier; Deuxième; Magasins; Grande salle; Coin jeunesse; Réserve; Annexe
shelf: Étagère # / étag. #; Travée # / trav. #; Cartothèque / cartes; Rayon romans / romans; Coin BD / BD; Périodiques / revues
desk: Banque de prêt / prêt; Boîte retour # / retours #; Renseignements / infos; Trieur de livres / trieur; Réservations / résas
room: Salle de lecture # / lecture #; Salle d'étude # / étude #; Carrel # / box #; Fonds ancien / ancien; Heure du conte / contes
workshop: Atelier de reliure / reliure; Numérisation / scan; Réparation / équipement; Catalogage / catalogue; Courrier
items: chariot de livres 60 / chariots; livres rendus 12 / retours; caisse de résas 10 / résas; tube de cartes 1 / cartes
items: atlas 4; caisse de livres 18 / livres; liasse de journaux 8 / journaux; boîte d'archives 7 / archives; bac de DVD 6 / DVD
items: valise de portables 15 / portables; microfilms 3 / films
[farm]
title: Ferme laitière; Ferme bio; Serres; Élevage avicole; Verger; Ferme verticale
areas: Étable; Serre; Cour; Station; Traite; Champ nord; Verger bas; Frigo
barn: Stalle # / stal. #; Salle de traite / traite; Nurserie veaux / veaux; Poulailler # / poules #; Bergerie / agneaux
barn: Écurie / chevaux
greenhouse: Serre # / ser. #; Planche # / pl. #; Table à semis # / semis #; Rang de tomates # / tomates #
greenhouse: Multiplication / boutures
store: Silo # / aliment #; Fenil / foin; Grainerie / graines; Hangar à engrais / engrais; Local à œufs / œufs
store: Fruitier # / pommes #; Cave à légumes / racines
workshop: Hangar tracteurs / tracteurs; Remise à outils / outils; Aire de lavage / lavage; Local phyto / phyto
packing: Calibreuse / calibrage; Conditionnement # / condi #; Magasin fermier / magasin; Point de retrait / retrait
waste: Tas de fumier / fumier; Compost # / comp. #
items: sac d'aliment 25 / aliment; botte de foin 18 / foin / bottes; bidon de lait 50 / lait; plateau d'œufs 3 / œufs
items: palox de pommes 380 / pommes; plaque de semis 2 / semis; cagette de courges 20 / courges; botte de paille 15 / paille
items: sac d'engrais 25 / engrais; roll de plantes 120 / plantes; cagette de salades 5 / salades; mallette véto 4 / véto
items: cagettes vides 14 / vides; bac de compost 60 / compost; sac de carottes 20 / carottes; piquet 9 / piquets
items: tonne à eau 500 / eau
[printing]
title: Imprimerie; Presses du journal; Imprimeur d'emballages; Brochage; Étiquettes et cie
areas: Salle des presses; Prépresse; Façonnage; Papier; Routage; Encres; Reliure; Départs
production: Offset # / off. #; Rotative # / roto #; Presse numérique # / numérique #; Plieuse # / pli #; Massicot # / coupe #
production: Pelliculage; Encarteuse # / piqueuse #; Découpe # / platine #; Couvrure / couvertures; Dos carré collé / brochage
store: Stock papier # / papier #; Parc bobines / bobines; Local encres / encres; Rack à plaques # / plaques #
store: Formes de découpe / formes; Tampon feuilles # / feuilles #
desk: Épreuves / BAT; Salle des plaques / CTP; Bureau des dossiers / dossiers; Cabine couleur / couleur
desk: Table de départ # / départ #
waste: Presse à rognures / rognures; Encres usées / vieilles encres; Benne à gâche / gâche
items: bobine de papier 900 / bobines; pile de feuilles 350 / feuilles; pot d'encre 20 / encre; plaques 8
items: palette de livres 520 / livres; carton de flyers 11 / flyers; paquet de journaux 10 / journaux
items: bobine d'étiquettes 6 / étiquettes; bac de rognures 120 / rognures; pile de couvertures 90 / couvertures
items: forme de découpe 14; épreuve 1
[datacentre]
title: Centre de données; Campus de colocation; Site cloud; Point d'échange; Salle de calcul
areas: Salle blanche; Salle 1; Salle 2; Technique; Salle opérateurs; Préparation; Bureaux; Rangée est
rack: Baie # / bai. #; Rangée # / rg #; Cage # / cage client #; Allée froide # / AF #
plant: Local onduleur # / onduleur #; Chaîne batteries # / chaîne #; Clim # / armoire clim #; Groupe électrogène # / groupe #
plant: Groupe froid # / froid; Local pompes / pompes
store: Pièces détachées / pièces; Coffre à disques / coffre / disques; Réserve câbles / câbles; Chariots console / console
store: Broyeur / destruction
desk: Supervision / NOC / la sup; Poste de garde / sécurité; Table de montage # / montage #; Salle d'intégration / intégration
desk: Entrée marchandises / livraisons
items: serveur 22 / serveurs; tiroir de disques 6 / disques; switch 9 / switchs; caisse de câbles 7 / câbles / jarretières
items: bloc batterie 35 / batteries; kit de rails 4 / rails; barrettes mémoire 1 / RAM; lot de filtres 8 / filtres
items: disques HS 12 / rebut; dalle de sol 11 / dalles; bloc ventilo 3 / ventilos
[postal]
title: Centre de tri; Plateforme colis; Bureau distributeur; Dépôt de messagerie; Agence de livraison
areas: Colis; Lettres; Tri de nuit; International; Douanes; Véhicules; Pont haut; Pont bas
dock: Quai tournée # / tournée #; Quai liaison # / liaison #; Porte aérien / avion; Guichet coursiers # / coursiers #
sorting: Trieuse # / tri #; Goulotte # / goul. #; Casier de tri # / casier #; Basculeur # / bascule #; Singulateur / singu
sorting: Trieur croisé # / TC #
desk: Recherches / réclamations; Douane colis / douane; Boîtes postales / BP; Guichet colis # / guichet #
desk: Table des rebuts / fausses directions
storage: Parc conteneurs / chariots CE; Cage à sacs # / sacs #; Poste restante / instance; Coin encombrants / encombrants / gros
storage: Rack retours / retours
items: caissette 6 / lettres / caissettes; sac de colis 18 / sacs; conteneur roulant 90 / CE; recommandés 3 / recos
items: colis encombrant 32 / encombrants; sac avion 12 / avion; liasse de catalogues 14 / catalogues; caissettes vides 8 / vides
items: NPAI 5 / retours; boîte de timbres 2 / timbres
[bakery]
title: Boulangerie industrielle; Fournil; Pâtisserie; Chocolaterie; Biscuiterie; Cuisine centrale
areas: Côté pâte; Salle des fours; Ressuage; Emballage; Chambre froide; Côté sucré; Tour à farine; Départs
production: Four # / fo #; Pétrin # / pét #; Étuve # / pousse #; Tour à pâte # / table #; Trancheuse # / tranche #; Glaçage
production: Enrobeuse / ligne choco
store: Silo à farine # / farine #; Réserve sucre / sucre; Froid beurre / beurre; Rayon épices / épices
store: Rack à moules # / moules #; Froid œufs / œufs; Local fruits secs / allergènes
packing: Ensacheuse # / sachets #; Mise en boîte gâteaux / boîtes; Détecteur # / métaux #
cooling: Tour de refroidissement / tour; Échelle de ressuage # / échelle #; Cellule # / surgél #
dock: Quai tournées # / camions #; Passe boutique / boutique
waste: Bac à miettes / miettes; Pain rassis / rassis; Laverie plaques / plaques
items: sac de farine 25 / farine; cuve de pâte 60 / pâte; échelle de pain 110 / pain / pains; boîte à gâteau 2 / gâteaux
items: bloc de beurre 20 / beurre; sac de sucre 25 / sucre; plaque de brioches 5 / brioches / croissants; moule 3 / moules
items: fût de chocolat 40 / chocolat; échelle de tartes 95 / tartes; seau d'œufs 15 / œufs; plaques vides 9; levure 10
[shipyard]
title: Chantier naval; Ateliers nautiques; Cale sèche; Hangar avions; Dépôt ferroviaire; Usine d'éoliennes
areas: Cale; Forme; Tôlerie; Armement; Hangar; Tuyauterie; Hall des pales; Quai
dock: Cale sèche # / CS #; Poste de construction # / poste #; Point stationnement # / stand #; Voie # / fosse #
dock: Quai d'armement / armement
production: Découpe plasma # / plasma #; Ligne panneaux / panneaux; Hall des blocs # / bloc #; Cintreuse / tubes
production: Cabine de grenaillage / grenaillage; Moule de pale # / moule #
store: Parc à tôles / tôles; Magasin soudure / baguettes; Magasin vannes / vannes; Aire moteurs # / moteurs #; Riveterie / rivets
store: Parc à tourets / tourets; Rangée bogies / bogies
workshop: Menuiserie / menuisiers; Atelier électrique / électriciens; Voilerie / voiles; Atelier turbines / turbines
workshop: Tour à roues / roues
items: paquet de tôles 1800 / tôles; tronçon de tube 140 / tubes; caisse de vannes 75 / vannes
items: baguettes de soudure 12 / baguettes; touret de câble 260 / câble; réacteur 2400; boîte de rivets 9 / rivets
items: seau de laque 22 / laque; anodes 35 / zincs; panneau de cale 310 / panneaux; rangée de sièges 45 / sièges
items: plaquettes de frein 16; boulons de pale 4
[museum]
title: Musée de la ville; Musée des sciences; Galerie d'art; Muséum; Aquarium; Parc des expositions
areas: Rez; Étage noble; Aile est; Aile ouest; Réserves; Côté public; Jardin des sculptures; Salle des navires
gallery: Salle # / sal. #; Galerie # / gal #; Salle égyptienne / Égypte / momies; Galerie des dinosaures / dinos
gallery: Cour des statues / statues; Planétarium / étoiles; Bassin récif / récif
exhibition: Stand # / std #; Expo temporaire / temporaire; Labo des enfants / enfants; Bassin tactile / raies
desk: Billetterie # / billets #; Vestiaire / manteaux; Audioguides / comptoir audio; Boutique / librairie; Point accueil / infos
store: Réserve peintures / tableaux; Réserve caisses / caisses; Costumes / vestiaire costumes; Réserve # / rés. #
store: Chambre climatique # / climat #; Cuisine poissons / nourriture
workshop: Restauration / restaurateurs; Encadrement / cadres; Studio photo / photo; Local quarantaine / quarantaine
items: caisse à tableau 45 / tableaux / peintures; valise d'audioguides 14 / audioguides; statue 120 / sculpture
items: carton de dépliants 9 / dépliants; vitrine 85 / vitrines; chaises pliantes 24 / chaises
items: plateau de fossiles 7 / fossiles / os; portant de costumes 30 / costumes; portemanteau 16; nourriture poissons 8
items: cordon 12 / potelets
[school]
title: Lycée; Campus; École primaire; IUT; Conservatoire; Centre de congrès
areas: Bâtiment principal; Sciences; Sport; Étage 1; Étage 2; Cantine; Administration; Préau
room: Salle de classe # / classe #; Amphi # / amphithéâtre #; Salle de TD # / TD #; Salle de musique / musique
room: Salle d'arts / arts; Salle de chimie / chimie; Auditorium
desk: Secrétariat / bureau; Guichet info / informatique; Loge du gardien / gardien; Bureau des examens / examens
desk: Salle des profs / profs
store: Réserve chaises / chaises; Réserve livres / livres; Local sport / ballons; Reprographie / photocopies
store: Objets perdus / perdus; Local instruments / instruments
gym: Gymnase # / gym #; Bassin / piscine; Scène / coulisses; Studio danse / danse
kitchen: Cuisine cantine / cuisine; Self # / ligne #; Dépose plateaux / plateaux; Cafétéria / cafèt
items: caisse de manuels 16 / manuels / livres; chariot déjeuners 60 / déjeuners; copies d'examen 5 / copies
items: vidéoprojecteur 7 / projo; tapis de gym 30 / tapis; chariot portables 70; pile de chaises 32 / chaises
items: ramettes 12 / papier; valise microscopes 6 / microscopes; violoncelle 8 / violoncelles; coffret chimie 9 / chimie
items: vestes perdues 3
[cinema]
title: Multiplexe; Opéra; Salle de concert; Stade; Parc d'attractions; Théâtre; Casino; Studios télé
areas: Foyer; Balcon; Coulisses; Côté jardin; Tribune nord; Tribune sud; Restauration; Plateaux
hall: Salle # / sal. #; Cinéma # / ciné #; Plateau # / plat. #; Bloc # / tribune #; Loge # / lg #; Grande scène / scène
hall: Salle de répétition # / répète #
counter: Comptoir popcorn / popcorn; Billetterie / billets; Vestiaire # / manteaux #; Kiosque # / kios. #; Buvette # / bière #
counter: Salon VIP / VIP; Boutique fans / boutique
store: Accessoires / réserve accessoires; Costumerie / costumes; Réserve confiserie / bonbons; Local lumières / projos
store: Local câbles / câbles; Dépôt décors / décors
room: Loge d'artiste # / artiste #; Foyer des artistes / foyer; Cabine # / projection #; Fosse d'orchestre / fosse
room: Régie / la régie; Maquillage / maquilleuses
waste: Local à bouteilles / vides; Quai poubelles / poubelles; Retour lunettes / lunettes
items: sac de popcorn 12 / popcorn; fût de cola 24 / cola / sirop; portant de costumes 35 / costumes
items: caisse d'accessoires 14 / accessoires; pied de projecteur 18 / pieds; flight-case 65 / flights
items: enceinte 40 / enceintes / baffles; carton de nachos 8 / nachos; lunettes 3D 6 / lunettes; rouleaux de billets 3 / billets
items: pupitres 20; tube d'affiches 2
[office]
title: Siège social; Parc d'affaires; Centre d'appels; Mairie; Palais de justice; Tour de la banque; Espace de coworking
areas: Étage 1; Étage 2; Étage 3; Hall; Tour A; Tour B; Archives; Toit
room: Salle de réunion # / réunion #; Bureau # / bur. #; Salle d'audience # / audience #; Salle du conseil / conseil
room: Bulle téléphone # / bulle #; Salle de formation / formation; Coin copieur # / copieur #
desk: Accueil / réception; Service courrier / courrier; Support info / DSI; Services généraux / SG; Caisse / guichet
desk: Poste de sécurité / vigiles
kitchen: Coin café # / café #; Tisanerie # / thé #; Cantine d'entreprise / RIE; Sandwicherie / sandwichs
store: Fournitures / papeterie; Archives # / dossiers #; Salle serveurs basse / serveurs; Rayon toners / toners
store: Coffre-fort / coffre; Local vélos / vélos
items: bac courrier 3 / courrier; petit colis 4 / colis; carton de toner 6 / toner; boîte de dossiers 9 / dossiers
items: caisse de café 8 / café; bonbonne 19 / eau; bac à broyer 28; écran 7 / écrans; ordinateur portable 2 / portables
items: papier imprimante 12 / papier; chariot traiteur 45 / traiteur; chaise de bureau 15 / chaises
"""
