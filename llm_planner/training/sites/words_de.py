"""German words for random sites. `lexicon` says how these texts are read."""

TRADES = """
[warehouse]
title: Logistikzentrum; Zentrallager; Versandhandel; Umschlaglager; Ersatzteillager; Fulfillment-Center
areas: Wareneingang; Warenausgang; Hochregal; Kommissionierung; Kühlbereich; Bühne; Hofseite; Halle 1; Halle 2; Nachschub
dock: Rampe # / Tor # / LKW-Tor #; Ladetor # / Tor # / LT #; Verladebucht # / Bucht #; Andockstelle # / Dock #
staging: Bereitstellfläche # / Bereitstellung # / BF #; Ausgangspuffer / Puffer Ausgang; Eingangszone / Eingang
rack: Regal # / Fach #; Regalgasse # / Gasse #; Palettenplatz # / Platz #; Stellplatz # / SP #; Lager # / La #
packing: Packtisch # / Tisch # / PT #; Packplatz # / Packerei #; Geschenkverpackung / Geschenke; Etikettiertisch # / Etiketten #
desk: Warenannahme / Annahme / WE; Versandbüro / Versand; Reklamation / Retouren / Rückläufer; Leitstand / Warte
machine: Wickler # / Stretcher #; Schrumpftunnel / Tunnel; Kartonpresse / Presse / Ballenpresse; Sorterrutsche # / Rutsche #
store: Zolllager / Zoll; Kühlkammer # / Kühlhaus #; Leergutplatz / Leergut; Sperrlager / Sperre / Quarantäne
store: Gefahrgutkäfig / Gefahrgut
items: Karton 9 / Kartons / Kisten; Behälter 12 / KLT / graue Kisten; Rollcontainer 80 / Rollis; Europalette 22 / Paletten / Epal
items: Mischpalette 480; Gitterbox 90 / Gitterboxen / GiBo; Kommissionierwagen 55 / Kommiwagen / Pickwagen
items: Folienrolle 15 / Folie; Retourenpaket 4 / Retouren; Etikettenrollen 2 / Etiketten; Gefahrstofffass 210 / Gefahrgut
items: Leergutstapel 30 / Leergut; Langgut 350 / Überlängen; Kartonballen 300 / Ballen
[factory]
title: Getriebewerk; Pumpenfabrik; Möbelfabrik; Gerätewerk; Reifenwerk; Fahrradfabrik; Schraubenwerk
areas: Zerspanung; Endmontage; Lackiererei; Lager; Gießerei; Halle A; Halle B; Prüffeld; Bandseite; Vormontage
production: Linie # / Band #; Montagezelle # / Zelle #; Drehbank # / Dreherei #; Fräse # / Fräszentrum #; Stanze # / Presse #
production: Spritzguss # / SG #; Schweißplatz # / Schweißen #; Härteofen # / Härterei #
line drop: Übergabepunkt # / Übergabe #; Bandplatz # / BP #; Taktplatz # / Takt #
buffer: Kanbanregal # / Kanban #; Zwischenpuffer # / Puffer #; Supermarkt # / Markt #; Sequenzierung # / Sequenz #
store: Rohteillager / Rohteile; Werkzeugausgabe / Werkzeuge; Normteillager / Normteile / Schrauben; Farblager / Farben
inspection point: Prüfstand # / Prüfer #; Qualitätstor # / QT #; Messraum / Messmaschine; Dichtprüfung / Lecktest
rework: Nacharbeit / Reparaturplatz; Ausschusskäfig / Ausschuss / Schrott; Spänecontainer / Späne
workshop: Instandhaltung / Schlosserei / Schlosser; Werkzeugbau / Formenbau
items: Gehäuse 35 / Gussteile; Zahnradsatz 18 / Zahnräder; Elektromotor 60 / Motoren; Kitwagen 45 / Kits; Gestell 300 / Gestelle
items: Blechpaket 900 / Bleche; Stahlcoil 4000 / Coils; Schraubenkiste 14 / Schrauben; Kabelbaum 6 / Kabelbäume
items: Ausschusskiste 90 / Ausschuss; Stanzwerkzeug 1200 / Werkzeug; Lackfass 180 / Lack; Kühlschmierstoff 210 / KSS
items: Spänewagen 250 / Späne; Pumpenkörper 24 / Pumpen; Reifenstapel 110 / Reifen
[hospital]
title: Klinikum; Universitätsklinik; Kreiskrankenhaus; Marienhospital; Kinderklinik; Unfallkrankenhaus
areas: Untergeschoss; Erdgeschoss; Ebene 1; Ebene 2; Ebene 3; Ostturm; Westflügel; Ambulanz; OP-Trakt; Versorgungszentrum
ward: Station # / St. #; Innere # / IM #; Chirurgie # / Chir #; Schlaganfallstation / Stroke Unit
ward: Wöchnerinnenstation / Wochenbett / Geburtshilfe; Intensivstation / Intensiv / ITS; Überwachung / IMC
ward: Aufwachraum / Aufwach / AWR; Neonatologie / Frühchen; Kinderstation / Kinder; Geriatrie
nurses station: Stützpunkt # / Pflegestützpunkt #; Dienstplatz # / Dienstzimmer #
operating room: OP # / Saal #; OP-Saal # / Saal #; Herzkatheter / Katheter
clinic: Notaufnahme / Rettungsstelle / ZNA; Röntgen / Radiologie; Endoskopie / Endo; Gipsraum / Gips; Augenambulanz / Augen
lab: Zentrallabor / Labor; Blutdepot / Blutbank; Mikrobiologie / Mibi; Pathologie / Patho
store: Wäschelager # / Wäsche #; Sterilgutversorgung / Steri / ZSVA; Gerätepool / Geräte; Bettenzentrale / Betten
store: Reiner Arbeitsraum # / rein #
waste: Unreiner Arbeitsraum # / unrein #; Entsorgungsraum / Entsorgung; Wäscheabwurf / Schmutzwäsche
pharmacy: Apotheke / Medikamentenausgabe; Zytostatikalabor / Zyto
kitchen: Stationsküche # / Küche #; Zentralküche / Küche
room: Zimmer # / Zi #; Isolierzimmer # / Iso #; Behandlungsraum # / BR #
items: Blutprobe 1 / Proben / Blutproben; Plasmabeutel 1 / Plasma; Medikamentenbox 6 / Medis / Medikamente
items: Infusionen 14 / Flaschen; Konserve 1 / Konserven; Instrumentensieb 12 / Siebe / Instrumente
items: Essenswagen 75 / Essen / Mittagessen; Wäschewagen 90 / Wäsche; Schmutzwäschesack 12 / Schmutzwäsche; Kanülenbox 4 / Nadeln
items: Sauerstoffflasche 16 / Sauerstoff; Infusomat 4 / Pumpen; Rollstuhl 18 / Rollstühle; Matratze 20 / Matratzen; Akten 2
items: Notfallwagen 60 / Reawagen; Klinikmüll 30 / Müll; Impfstoffbox 5 / Impfstoffe; Bettpfanne 2 / Pfannen
items: Verbandswagen 35 / Verbände
[clinic]
title: Gesundheitszentrum; Zahnklinik; Tagesklinik; Rehaklinik; Tierklinik; Dialysezentrum; Kurklinik
areas: Vorderhaus; Behandlung; Diagnostik; Personalseite; Obergeschoss; Gartenflügel; Parterre; Therapie
room: Sprechzimmer # / Sprech #; Behandlungszimmer # / Behandlung #; Therapieraum # / Therapie #; Gymnastikraum / Gymnastik
room: Moorbad / Moor
desk: Anmeldung / Empfang; Schalter # / Aufnahme #; Ersteinschätzung / Triage
lab: Probenklappe / Klappe; Blutabnahme # / Abnahme #; Schallraum / Ultraschall; Zahnlabor / Prothesen
store: Arzneischrank / Arznei; Verbrauchsmateriallager / Material; Gaslager / Gase; Sterilisation / Autoklav
ward: Liegehalle / Liegen; Hundezwinger / Hunde; Dialyseplatz # / Dialyse #; Ruheraum / Ruhe
items: Urinprobe 1 / Urin; Verbandpäckchen 2 / Verbände; Handschuhkarton 1 / Handschuhe; Spritzenset 1 / Spritzen
items: Testkit 1 / Tests / Abstriche; Kochsalzkiste 12 / Kochsalz; Implantatschale 3 / Implantate; Röntgenbild 1 / Bilder
items: Fangopackung 6 / Fango; Handtücher 5 / Tücher; Aktenkarton 6
[hotel]
title: Grandhotel; Flughafenhotel; Wellnesshotel; Tagungshotel; Gasthof; Seehotel
areas: Foyer; Etage 2; Etage 3; Etage 4; Wellness; Wirtschaftshof; Tagungsflügel; Terrasse; Anbau
room: Zimmer # / Zi. #; Suite #; Tagungsraum # / Tagung #; Festsaal / Saal; Hochzeitssuite / Brautsuite
desk: Rezeption / Empfang; Portier / Loge; Kofferannahme / Koffer; Wellnesstheke / Wellness
kitchen: Bankettküche / Bankett; Etagenservice / Zimmerservice; Patisserie / Konditorei; Spülküche / Spüle
store: Wäschekammer # / Wäsche #; Etagenoffice # / Office #; Gepäckraum / Gepäck; Weinkeller / Wein; Minibarlager / Minibar
restaurant: Frühstücksraum / Frühstück; Dachbar / Bar; Gaststube / Stube; Poolbar / Pool
waste: Flaschenraum / Flaschen; Wäscheabwurf # / Abwurf #; Müllraum / Müll
items: Koffer 20 / Gepäck; Handtuchstapel 8 / Handtücher; Bettwäsche 10 / Laken; Frühstückstablett 3 / Frühstück
items: Minibarkiste 12 / Minibar; Blumen 2 / Sträuße; Servierwagen 30 / Zimmerservice; Bademantel 1 / Bademäntel
items: Eiskübel 3 / Eis; Kopfkissen 1 / Kissen; Weinkiste 15 / Wein; Schmutzgeschirr 12 / Geschirr; Seifenkarton 6 / Seifen
items: Klappstuhl 5 / Stühle; Tageszeitung 1 / Zeitungen; Babybett 14 / Kinderbett
[airport]
title: Flughafen; Regionalflughafen; Luftfrachtzentrum; Terminal 2; Frachtflughafen
areas: Ankunft; Abflug; Vorfeld; Landseite; Pier A; Pier B; Frachthalle; Gepäckkeller; Nordpier
gate: Gate # / Flugsteig #; Ausgang # / Flugsteig #; Busgate # / Bus #
desk: Schalterinsel # / Insel #; Infostand / Info; Fundbüro / Fundsachen; Umsteigeschalter # / Umsteiger #
belt: Gepäckband # / Band #; Sperrgepäck / Sperriges; Kontrollspur # / Kontrolle #
cargo: Containerplatz # / ULD #; Palettenaufbau / Aufbau; Frachtabbau / Abbau; Frischezentrum / Frische; Zollverschlag / Zoll
store: Duty-Free-Lager / Duty Free; Bordküche # / Catering #; Kofferkulis # / Kulis #; Ölbinder / Bindemittel
lounge: Lounge #; Gebetsraum; Kinderecke / Kinder; Raucherlounge / Raucher
items: Reisekoffer 21 / Gepäck / Koffer; Luftfrachtcontainer 900 / Container; Postsack 14 / Post; Rollstuhl 17 / Rollstühle
items: Kinderwagen 9 / Buggys; Duty-Free-Kiste 16 / Duty Free; Bordmenü 20 / Essen; Fundsache 2 / Fundsachen
items: Gepäckwagen 25 / Kulis; Tierbox 24 / Tiere; Hummerkiste 12 / Hummer; Ersatzrad 120 / Bugrad; Deckensack 8 / Decken
items: Wasserkanister 19 / Wasser; Skisack 7 / Ski
[harbour]
title: Containerterminal; Fährhafen; Fischereihafen; Yachthafen; Binnenhafen; Kreuzfahrtterminal
areas: Nordkai; Südkai; Containerhof; Kühlhäuser; Zoll; Außenmole; Ro-Ro-Bereich; Schuppenreihe
dock: Liegeplatz # / LP #; Pier # / Steg #; Kai # / Kaje #; Helling / Slip; Fährrampe # / Fähre #
storage: Stapel # / Block #; Kühlanschluss # / Reefer #; Schuppen # / Sch. #; Gefahrgutplatz / Gefahrgut
storage: Leercontainerdepot / Leere
workshop: Taklerei / Takler; Netzlager / Netze; Schiffsausrüster / Ausrüster; Kranwerkstatt / Kräne
desk: Zollschalter / Zoll; Hafenmeisterei / Hafenmeister; Fahrzeugwaage / Waage; Tallybude # / Tally #
store: Eishaus / Eis; Fischhalle / Fisch; Tauwerklager / Taue; Bunkerschuppen / Diesel; Laschkäfig # / Laschzeug #
items: Fischkiste 30 / Fisch / Fang; Tauwerk 40 / Taue / Leinen; Laschstange 18 / Stangen; Twistlock-Kiste 60 / Twistlocks
items: Proviant 25; Fender 70; Netzballen 55 / Netze; Eiswanne 120 / Eis; Seesack 20 / Seesäcke; Ankerkette 500 / Kette
items: Schwimmwesten 22 / Westen; Positionslampe 6 / Lampen; Farbeimer 12 / Farbe; Kühlstecker 5 / Stecker
items: Festmacher 85 / Trossen; Ölsperre 45 / Sperren
[brewery]
title: Brauerei; Privatbrauerei; Getränkeabfüllung; Brennerei; Weingut; Kelterei
areas: Sudhaus; Gärkeller; Abfüllung; Ausschank; Mälzerei; Kälteblock; Fasshalle; Leerguthof
production: Sudkessel # / Kessel #; Gärtank # / GT #; Drucktank # / DT #; Flaschenlinie # / Flaschen #; Dosenlinie / Dosen
production: Fassfüller # / Füller #
store: Malzsilo # / Silo #; Hopfenlager / Hopfen; Hefekeller / Hefe; Fassreihe # / Fässer #; Kronkorkenregal / Kronkorken
store: Vollgut / Volles; Lagerkeller / Keller
lab: Verkostung / Probierstube; Betriebslabor / Labor; Würzeprüfung / Würze
machine: Kistenwascher / Wascher; Palettierer # / Pal #; Fassreinigung / Fasswäsche; Etikettierer # / Etikett #
dock: Bierkutscherrampe # / Kutscher #; Tankstutzen / Tankwagen; Rampenverkauf / Verkauf / Laden
waste: Treberbunker / Treber; Scherbencontainer / Scherben; Leergutannahme / Leergut
items: Fass 45 / Fässer; Malzsack 25 / Malz; Hopfenballen 12 / Hopfen; Bierkasten 18 / Kästen / Bier; Hefeeimer 9 / Hefe
items: Flaschenpalette 620 / Flaschen; Dosenpalette 400 / Dosen; Korkenkarton 11 / Korken; Leerfass 12 / Leergut / leere Fässer
items: Würzeprobe 1 / Würze; Gasflasche 40 / Kohlensäure; Eichenfass 60
[lab]
title: Forschungsinstitut; Genomzentrum; Materiallabor; Pharmawerk; Impfstoffwerk; Prüfzentrum
areas: Reinbereich; Graubereich; Stock 1; Stock 2; Nasslabore; Tierhaus; Technikum; Nebenräume; S2-Bereich
lab: Labor # / Lab #; Nasslabor # / nass #; Zellkultur # / Zellen #; Sequenzierlabor / Sequenzierer; Mikroskopie / Mikroskope
lab: Spektroskopie / Spektro; Wägeraum / Waagen
bench: Laborbank # / Bank #; Abzug # / Digestorium #; Handschuhkasten # / Box #; Probenport # / Port #
store: Tiefkühlraum / Minus achtzig / Kälte; Chemikalienlager / Chemie; Lösemittelschrank # / Lösemittel #; Glaswaren / Glas
store: Gaskäfig / Gase
production: Tablettenpresse # / Presse #; Mischraum / Mischer; Ampullenfüller # / Füller #; Gefriertrockner / Lyo
production: Dragierkessel # / Dragee #
airlock: Materialschleuse # / Schleuse #; Umkleide / Einschleusen; Durchreiche # / DR #
waste: Altlösemittel / Lösemittelabfall; Autoklav # / AK #; Spülraum / Spüle
items: Probenständer 2 / Proben / Ständer; Reagenzienset 3 / Reagenzien; Pufferflasche 10 / Puffer; Trockeneis 15
items: Pipettenspitzen 2 / Spitzen; Petrischalen 3 / Schalen; Lösemittelkanister 20 / Lösemittel; Stickstoffkanne 60 / Stickstoff
items: Glastablett 6 / Glas; Mäusekäfig 4 / Käfige; Ampullenschale 5 / Ampullen; Tablettentonne 45 / Tabletten
items: Chargenprotokoll 1 / Papiere; Kittelpaket 4 / Kittel; Biomüll 8; Wirkstofffass 30 / Wirkstoff
[supermarket]
title: Supermarkt; Frischemarkt; Verbrauchermarkt; Großmarkt; Gartencenter; Baumarkt
areas: Hinterraum; Verkaufsfläche; Kühlung; Trockensortiment; Frische; Kassenzone; Onlineabholung; Hof
aisle: Gang # / Reihe #; Regalkopf # / Kopf #; Aktionsinsel # / Aktion #
counter: Wursttheke / Wurst; Fischtheke / Fisch; Käsetheke / Käse; Metzgerei / Fleisch; Backshop / Brot
counter: Servicepunkt / Service / Umtausch
checkout: Kasse # / Ka #; SB-Kasse / Selbstzahler; Abholstation / Abholung
store: Molkereikühlung / Milch / Mopro; Tiefkühlzelle # / TK #; Gemüseraum / Gemüse; Blumenkühlung / Blumen; Tabakkäfig / Tabak
store: Tiernahrung / Tierfutter
dock: Hintertür # / hinten #; Anlieferung # / Anlieferung; Molkereirampe / Milchrampe
waste: Pfandautomat / Pfand / Flaschen; Biotonne / Bio; Pappeecke / Pappe
items: Milchwagen 140 / Milch; Bananenkarton 18 / Bananen; Brotkorb 7 / Brot; TK-Wagen 160 / Tiefkühl; Eierkarton 12 / Eier
items: Bierturm 220 / Bier; Wasserträger 9 / Wasser; Katzenfutter 15 / Futter; Blumeneimer 5 / Blumen
items: Aktionsaufsteller 20 / Display; Einkaufskörbe 12 / Körbe; Leerkisten 16 / Leergut; Blumenerde 20 / Erde
items: Wandfarbe 14 / Farbe; Kartoffelnetz 10 / Kartoffeln; Waschmittel 8
[library]
title: Stadtbibliothek; Universitätsbibliothek; Landesarchiv; Mediathek; Staatsbibliothek
areas: Parterre; Erster Stock; Zweiter Stock; Magazin; Lesesaalbereich; Kinderbereich; Außenmagazin; Anbau
shelf: Regal # / Reg. #; Magazinreihe # / Magazin #; Kartenschrank / Karten; Romanregal / Romane; Comicecke / Comics
shelf: Zeitschriften / Magazine
desk: Ausleihe / Verbuchung; Rückgabe # / Rückgabeschlitz #; Auskunft / Info; Buchsortierer / Sortierer
desk: Vormerkregal / Vormerkungen
room: Lesesaal # / LS #; Lernraum # / Lernen #; Gruppenraum # / Gruppe #; Rara-Raum / Rara; Märchenecke / Märchen
workshop: Buchbinderei / Binderei; Scanraum / Scanner; Buchrestaurierung / Restaurierung; Katalogisierung / Katalog
workshop: Poststelle / Post
items: Bücherwagen 60 / Wagen; Rückgabebücher 12 / Rückgaben; Vormerkkiste 10 / Vormerker; Kartenrolle 1 / Karten
items: Atlas 4 / Atlanten; Zeitungsbündel 8 / Zeitungen; Archivkarton 7 / Archivalien; Filmkiste 6 / DVDs
items: Laptopkoffer 15 / Laptops; Bücherkiste 18 / Bücher; Mikrofilme 3
[farm]
title: Milchhof; Biohof; Gärtnerei; Geflügelhof; Obsthof; Gut; Kräuterfarm
areas: Stall; Gewächshaus; Hof; Packhalle; Melkbereich; Nordfeld; Obstgarten; Kühllager
barn: Box # / Stallbox #; Melkstand / Melken; Kälberstall / Kälber; Hühnerstall # / Hühner #; Schafstall / Schafe
barn: Pferdeboxen / Pferde
greenhouse: Gewächshaus # / GH #; Beet # / Bt #; Anzuchttisch # / Anzucht #; Tomatenreihe # / Tomaten #; Vermehrung / Stecklinge
store: Futtersilo # / Futter #; Heuboden / Heu; Saatgutlager / Saatgut; Düngerschuppen / Dünger; Eierraum / Eier
store: Apfellager # / Äpfel #; Rübenkeller / Rüben
workshop: Traktorhalle / Traktoren; Gerätescheune / Geräte; Waschplatz / Waschen; Spritzenraum / Spritzmittel
packing: Sortierband / Sortierung; Packhalle # / Packen #; Hofladen / Laden; Abholplatz / Abholung
waste: Misthaufen / Mist; Kompost # / Komposter #
items: Futtersack 25 / Futter; Heuballen 18 / Heu; Milchkanne 50 / Milch; Eierhöcker 3 / Eier; Apfelkiste 380 / Äpfel
items: Saatschale 2 / Setzlinge; Kürbiskiste 40 / Kürbisse; Strohballen 15 / Stroh; Düngersack 25 / Dünger
items: Pflanzenwagen 120 / Pflanzen; Salatkiste 5 / Salat; Tierarztkoffer 4; Leerkisten 14 / Leergut; Kompostwanne 60 / Kompost
items: Möhrensack 20 / Möhren; Zaunpfahl 9 / Pfähle; Wasserfass 500 / Wasser
[printing]
title: Druckerei; Zeitungsdruck; Verpackungsdruck; Großbinderei; Etikettendruck
areas: Drucksaal; Vorstufe; Weiterverarbeitung; Papierlager; Versand; Farbseite; Binderei; Rollenkeller
production: Offsetmaschine # / Offset #; Rollendruck # / Rolle #; Digitaldruck # / Digi #; Falzmaschine # / Falz #
production: Planschneider # / Schneider #; Kaschierung; Sammelhefter # / Hefter #; Stanzautomat # / Stanze #
production: Deckenmacher / Decken; Klebebinder / Binder
store: Papierlager # / Papier #; Rollenplatz / Rollen; Farbküche / Farben; Plattenregal # / Platten #; Stanzformen / Formen
store: Bogenpuffer # / Bogen #
desk: Proofplatz / Proofs; Plattenbelichtung / CTP; Auftragsannahme / Aufträge; Abmusterung / Lichtkasten
desk: Versandtisch # / Versand #
waste: Randstreifenpresse / Abschnitt; Altfarbe / Farbreste; Makulaturmulde / Makulatur
items: Papierrolle 900 / Rollen; Bogenstapel 350 / Bogen; Farbdose 20 / Farbe; Druckplatten 8 / Platten
items: Bücherpalette 520 / Bücher; Flyerkarton 11 / Flyer; Zeitungspaket 10 / Pakete; Etikettenrolle 6 / Etiketten
items: Abfallwagen 120 / Abschnitt; Umschlagstapel 90 / Umschläge; Stanzform 14; Proofmappe 1 / Proofs
[datacentre]
title: Rechenzentrum; Colocation-Campus; Cloud-Standort; Netzknoten; Rechnerhalle
areas: Weißfläche; Datensaal 1; Datensaal 2; Technik; Netzraum; Vorbereitung; Büros; Reihe Ost
rack: Rack # / Schrank #; Reihe # / R#; Käfig # / Kundenkäfig #; Kaltgang # / KG #
plant: USV-Raum # / USV #; Batteriestrang # / Strang #; Klimaschrank # / Klima #; Notstromdiesel # / Diesel #
plant: Kältemaschine # / Kälte; Pumpenraum / Pumpen
store: Ersatzteilraum / Ersatzteile; Plattentresor / Tresor / Platten; Kabellager / Kabel; Konsolenwagen / Konsole
store: Schredder / Plattenschredder
desk: Leitwarte / NOC / Warte; Pforte / Wache; Aufbautisch # / Aufbau #; Rüstraum / Rüsten; Anlieferung / Wareneingang
items: Server 22 / Kisten; Festplatten 6 / Platten; Switch 9 / Switche; Kabelkiste 7 / Kabel / Patchkabel
items: Batterieblock 35 / Batterien; Einbauschienen 4 / Schienen; Speicherriegel 1 / RAM; Filtermatten 8 / Filter
items: Schrottplatten 12 / Schrott; Bodenplatte 11 / Platten; Lüftereinschub 3 / Lüfter
[postal]
title: Briefzentrum; Paketzentrum; Zustellbasis; Kurierdepot; Poststützpunkt
areas: Pakete; Briefe; Nachtsortierung; International; Zoll; Fahrzeuge; Oberdeck; Unterdeck
dock: Zustelltor # / Zusteller #; Fernverkehrstor # / Fern #; Luftposttür / Luftpost; Kurierklappe # / Kurier #
sorting: Sortierer # / Sort #; Rutsche # / Ru #; Verteilspind # / Spind #; Kipper # / Kipp #; Vereinzeler / Einzelung
sorting: Quergurt # / QG #
desk: Nachforschung / Suche; Zollschalter / Zoll; Postfächer / Fächer; Paketschalter # / Schalter #; Irrläufertisch / Irrläufer
storage: Rollbehälterpark / Rollbehälter; Sackkäfig # / Säcke #; Lagerndes / postlagernd; Sperrgutecke / Sperrgut / Sperriges
storage: Rückläuferregal / Rückläufer
items: Briefkiste 6 / Briefe; Paketsack 18 / Säcke; Rollbehälter 90 / Rollis; Einschreiben 3; Sperrpaket 32 / Sperrgut
items: Luftpostbeutel 12 / Luftpost; Katalogbündel 14 / Kataloge; Leerbehälter 8 / Leergut; Unzustellbare 5 / Rückläufer
items: Markenkiste 2 / Briefmarken
[bakery]
title: Großbäckerei; Brotfabrik; Konditorei; Schokoladenfabrik; Keksfabrik; Großküche
areas: Teigseite; Ofenhalle; Auskühlung; Verpackung; Kühlraum; Süße Seite; Mehlturm; Expedition
production: Ofen # / Of #; Kneter # / Kn #; Gärschrank # / Gare #; Teigtisch # / Tisch #; Schneidemaschine # / Schneider #
production: Glasur; Überzieher / Schokolinie
store: Mehlsilo # / Mehl #; Zuckerlager / Zucker; Butterkühlung / Butter; Gewürzregal / Gewürze; Formenregal # / Formen #
store: Eierkühlung / Eier; Nussraum / Nüsse
packing: Eintüter # / Tüten #; Tortenverpackung / Torten; Metallsuchgerät # / Sucher #
cooling: Kühlturm / Turm; Abkühlwagen # / Abkühlen #; Schockfroster # / Schock #
dock: Filialrampe # / Filialen #; Ladenklappe / Laden
waste: Bröselbunker / Brösel; Altbrot; Blechwäsche / Bleche
items: Mehlsack 25 / Mehl; Teigwanne 60 / Teig; Brotwagen 110 / Brot / Brote; Tortenkarton 2 / Torten; Butterblock 20 / Butter
items: Zuckersack 25 / Zucker; Brötchenblech 5 / Brötchen / Semmeln; Backform 3 / Formen; Kuvertürefass 40 / Kuvertüre / Schoko
items: Kuchenwagen 95 / Kuchen; Eimer Ei 15 / Ei; Leerbleche 9; Hefewürfel 10 / Hefe
[shipyard]
title: Werft; Bootswerft; Trockendock; Flugzeughangar; Bahnbetriebswerk; Windradwerk
areas: Helgen; Dockbereich; Plattenhalle; Ausrüstung; Hangar; Rohrhalle; Blatthalle; Gleisfeld
dock: Trockendock # / TD #; Bauplatz # / BP #; Standplatz # / Stand #; Gleis # / Grube #; Ausrüstungskai / Ausrüstung
production: Brennschneider # / Plasma #; Paneelstraße / Paneele; Sektionshalle # / Sektion #; Rohrbieger / Rohre
production: Strahlkabine / Strahlen; Blattform # / Form #
store: Stahlplatz / Stahl; Schweißlager / Elektroden; Armaturenlager / Armaturen; Triebwerksplatz # / Triebwerk #
store: Nietenlager / Nieten; Trommelplatz / Trommeln
workshop: Tischlerei / Tischler; Elektrowerkstatt / Elektriker; Segelmacherei / Segel; Turbinenwerkstatt / Turbinen
workshop: Radsatzdrehbank / Radsätze
items: Plattenpaket 1800 / Platten; Rohrspool 140 / Rohre; Ventilkiste 75 / Ventile; Schweißstäbe 12 / Elektroden
items: Kabeltrommel 260 / Kabel; Triebwerk 2400; Nietenkasten 9 / Nieten; Lackeimer 22 / Lack; Zinkanoden 35 / Anoden
items: Lukendeckel 310 / Luken; Sitzreihe 45 / Sitze; Bremsbeläge 16 / Beläge; Blattbolzen 4
[museum]
title: Stadtmuseum; Technikmuseum; Kunsthalle; Naturkundemuseum; Aquarium; Messe
areas: Parterre; Obergeschoss; Ostflügel; Westflügel; Depot; Publikumsbereich; Skulpturengarten; Schiffshalle
gallery: Saal # / S #; Kabinett # / Kab #; Ägyptensaal / Ägypten / Mumien; Saurierhalle / Saurier; Skulpturenhof / Skulpturen
gallery: Planetarium / Sterne; Riffbecken / Riff
exhibition: Messestand # / Stand #; Sonderausstellung / Sonder; Kinderlabor / Kinder; Streichelbecken / Rochen
desk: Kasse # / Tickets #; Garderobe / Mäntel; Audioguides / Führer; Museumsladen / Shop; Infotheke / Info
store: Bilderlager / Bilder; Kistenlager / Kisten; Kostümfundus / Kostüme; Depot # / Dep. #; Klimakammer # / Klima #
store: Futterküche / Futter
workshop: Restaurierung / Restauratoren; Rahmenwerkstatt / Rahmen; Fotostudio / Foto; Quarantäneraum / Quarantäne
items: Gemäldekiste 45 / Gemälde / Bilder; Audioguide-Koffer 14 / Audioguides; Statue 120 / Skulptur
items: Prospektkarton 9 / Prospekte; Vitrine 85 / Vitrinen; Klappstühle 24 / Stühle; Fossilienlade 7 / Fossilien / Knochen
items: Kostümständer 30 / Kostüme; Garderobenständer 16; Fischfutter 8 / Futter; Absperrband 12
[school]
title: Gymnasium; Campus; Grundschule; Berufsschule; Musikhochschule; Tagungszentrum
areas: Hauptgebäude; Naturwissenschaften; Sporttrakt; Stock 1; Stock 2; Mensa; Verwaltung; Pausenhof
room: Klassenzimmer # / Klasse #; Hörsaal # / HS #; Seminarraum # / Seminar #; Musikraum / Musik; Kunstraum / Kunst
room: Chemiesaal / Chemie; Aula
desk: Sekretariat / Büro; IT-Schalter / IT; Hausmeisterloge / Hausmeister; Prüfungsamt / Prüfungen; Lehrerzimmer / Lehrer
store: Stuhllager / Stühle; Bücherkammer / Bücher; Geräteraum / Sportgeräte; Kopierraum / Kopien; Fundkiste / Fundsachen
store: Instrumentenlager / Instrumente
gym: Turnhalle # / Halle #; Schwimmbad / Bad; Bühne / Hinterbühne; Tanzsaal / Tanz
kitchen: Mensaküche / Küche; Essensausgabe # / Ausgabe #; Geschirrrückgabe / Tabletts; Milchbar / Kakao
items: Schulbuchkiste 16 / Schulbücher / Bücher; Essenwagen 60 / Mittagessen; Klausuren 5 / Prüfungen; Beamer 7
items: Turnmatten 30 / Matten; Laptopwagen 70 / Laptops; Stuhlstapel 32 / Stühle; Kopierpapier 12 / Papier
items: Mikroskopkoffer 6 / Mikroskope; Cello 8 / Celli; Chemiekasten 9 / Chemikalien; Fundjacken 3
[cinema]
title: Kinopalast; Opernhaus; Konzerthaus; Stadion; Freizeitpark; Theater; Spielbank; Fernsehstudio
areas: Foyer; Oberrang; Hinterbühne; Seitenbühne; Nordtribüne; Südtribüne; Gastronomie; Studiotrakt
hall: Kino # / Ki #; Saal # / Vorführsaal #; Studio # / Stu #; Block # / Bl. #; Loge # / Lo #; Hauptbühne / Bühne
hall: Probebühne # / Probe #
counter: Popcorntheke / Popcorn; Kartenschalter / Karten; Garderobe # / Mäntel #; Kiosk #; Bierstand # / Bier #
counter: VIP-Lounge / VIPs; Fanshop / Shop
store: Requisite / Requisiten; Kostümfundus / Kostüme; Snacklager / Snacks; Lampenlager / Lampen; Kabelraum / Kabel
store: Kulissenmagazin / Kulissen
room: Künstlergarderobe # / KG #; Aufenthaltsraum / Künstlerzimmer; Vorführraum # / Projektor #; Orchestergraben / Graben
room: Regieraum / Regie; Maske
waste: Flaschenlager / Leergut; Müllrampe / Müll; Brillenrückgabe / Brillen
items: Popcornsack 12 / Popcorn; Colafass 24 / Cola / Sirup; Kostümstange 35 / Kostüme; Requisitenkiste 14 / Requisiten
items: Lichtstativ 18 / Stative; Plakatrolle 2 / Plakate; Flightcase 65 / Cases; Lautsprecher 40 / Boxen; Nachokarton 8 / Nachos
items: 3D-Brillen 6 / Brillen; Kartenrollen 3 / Karten; Notenpulte 20 / Pulte
[office]
title: Zentrale; Gewerbepark; Callcenter; Rathaus; Gericht; Bankturm; Bürolofts
areas: Etage 1; Etage 2; Etage 3; Empfangshalle; Turm A; Turm B; Archiv; Dach
room: Besprechung # / Bespr #; Büro # / Bü #; Sitzungssaal # / Sitzung #; Vorstandszimmer / Vorstand; Telefonbox # / Telefon #
room: Schulungsraum / Schulung; Kopierecke # / Kopierer #
desk: Empfang / Pforte; Poststelle / Post; IT-Hilfe / IT; Haustechnik / Technik; Kassenschalter / Kasse; Wachdienst / Wache
kitchen: Kaffeeküche # / Kaffee #; Teeküche # / Tee #; Kasino / Mittag; Brötchentheke / Brötchen
store: Büromaterial / Material; Registratur # / Akten #; Serverkeller / Server; Tonerregal / Toner; Tresor / Panzerschrank
store: Fahrradkeller / Räder
items: Postkorb 3 / Post; Päckchen 4; Tonerkarton 6 / Toner; Aktenbox 9 / Akten / Ordner; Kaffeekiste 8 / Kaffee
items: Wasserspender 19 / Wasser; Aktenvernichtung 28; Monitor 7 / Bildschirme; Notebook 2 / Notebooks; Druckerpapier 12 / Papier
items: Cateringwagen 45 / Catering; Bürostuhl 15 / Stühle
"""
