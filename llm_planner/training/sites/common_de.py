"""German words that sites of every trade share. `lexicon` says how these texts are read."""

COMMON = """
charger: Ladestation # / Lader # / LS #; Ladeplatz # / Laden #; Batterieraum / Batterien; Ladepunkt # / LP #
charger: Stromplatz # / Strom #; Ladewand / Wand; Ladebucht # / Bucht #; Steckplatz # / Stecker #; Wechselstation / Akkuwechsel
charger: Ladenische / Nische; Ladesäule # / Säule #
parking: Parkplatz # / Park #; Robotergarage / Garage; Wartebucht # / Warten #; Ruheplatz # / Ruhe #; Abstellecke / Ecke
parking: Standspur / Spur; Heimatplatz # / Heimat #; Bereitschaft # / Stand-by #; Abstellplatz # / AP #; Roboterhof / Hof
parking: Haltebucht # / HB #; Roboterstall / Stall
zone: Kantine / Pausenraum; Serverraum / Server; Pressenkäfig / Käfig; Spielzimmer / Kinder; Hochspannungsraum / Hochspannung
zone: Treppenhaus # / Treppe #; Kapelle; Raucherecke / Raucher; Umkleiden # / Umkleide #; Lichthof / Atrium; Roboterzelle / Zaun
zone: Strahlenraum / heiße Zone; Rote Zone / rot; Fußgängerstraße / Gehweg; Sanitätsraum / Erste Hilfe; Sprengbereich / Sperrzone
zone: Nassbereich / nass; Sammelplatz / Feuersammelplatz
elevator: Aufzug # / Lift #; Lastenaufzug # / Lasten #; Bettenaufzug / Betten; Hubbühne / Hub
corridor: Flur # / Gang #; Hauptgang / Mittelgang; Verbindungsbrücke / Brücke; Hintergang / hinten rum
corridor: Versorgungstunnel / Tunnel
intersection: Kreuzung # / Kr. #; Hauptkreuzung; Staplerkreuzung / Stapler; Tote Ecke / tote Ecke
door: Rolltor # / RT #; Brandschutztür # / Brandtür #; Schnelllauftor # / Schnelltor #; Schwingtür / Schwing; Schleuse
washroom: Toiletten # / WC #; Putzkammer / Putzmittel
meeting point: Besuchereingang / Eingang / Besucher; Haupthalle / Foyer
items: Werkzeugkiste 11 / Werkzeug; Paket 5 / Pakete; Kiste 12 / Kisten; Pappkarton 4 / Kartons; Mappe 1 / Papiere / Unterlagen
items: Abfalltonne 30 / Müll / Tonnen; Wasserflaschen 12 / Wasser; Schlüsselkasten 1 / Schlüssel; Ersatzakku 14 / Akkus
items: Rollwagen 30 / Wagen; Putzset 8 / Putzzeug; Leiter 13; Eimer 6; Leerpalette 22 / Leergut / leere Paletten
items: Ersatzteilkiste 10 / Ersatzteile; Verbandskasten 3 / Sanikasten; Posttasche 7 / Post; Kleidersack 6 / Kleidung
"""

TYPES = """
carrier: AMR [AMR A M] / AMRs / Wagen; Transporter [TR T] / Transportroboter; Shuttle [SH S] / Shuttles
carrier: FTF [FTF F] / Fahrzeuge / Transportfahrzeug; FTS [FTS] / Wägelchen; Träger [TG] / Läufer
carrier: Plattformroboter [PF P] / Plattformen; Maultier [MT] / Maultiere / Esel; Wagenroboter [WR W] / Wagen
tugger: Schlepper [S SL SCH] / Zugmaschine / Traktor; Routenzug [RZ R] / Züge / Zug; Zieher [ZI Z] / Zugroboter
tugger: Trecker [TK] / Zugpferd
forklift: Stapler [ST G] / Gabelstapler / Gabler; Hochhubwagen [HH] / Hochhuber; Schubmaststapler [SM] / Schubmaster
forklift: Gabelroboter [GR] / Gabeln
pallet: Hubwagen [HW H] / Ameise / Ameisen; Palettenheber [PH] / Heber; Niederhubwagen [NH] / Niederhuber
pallet: Palettenroboter [PR] / Paletti
courier: Kurier [K KU] / Kuriere / Bote; Lieferroboter [LR L] / Lieferer; Schrankroboter [SR] / Schränke
courier: Bote [BO] / Boten / Laufbursche
cooler: Kühlbote [KB] / Kühlschrank / Kühler; Kühltransporter [KT] / Kühltransport; Eisbox [EB] / Eisboxen
cleaner: Reinigungsroboter [RR R] / Putze / Putzroboter; Schrubber [SB] / Schrubbmaschine; Kehrmaschine [KM] / Kehrer / Besen
cleaner: Saugroboter [SG] / Sauger
uv: UV-Roboter [UV U] / UV-Lampe / Lampen; Desinfektor [DI D] / Desinfektionsroboter; Sprühroboter [SP] / Sprüher / Nebler
inspector: Inspekteur [IN I] / Inspektionsroboter / Prüfer; Kameraroboter [KA] / Kameras / Auge; Messroboter [MR] / Messer
inspector: Wärmespäher [WS] / Späher
guard: Wachroboter [WA W] / Wächter / Wache; Streife [SF] / Streifen / Patrouille; Nachtwächter [NW] / Nachtwache
guard: Aufpasser [AP] / Sicherheitsroboter
guide: Führer [FR] / Guide / Besucherführer; Lotse [LO L] / Lotsen; Begleiter [BG B] / Begleitroboter
guide: Empfangsroboter [EM] / Gastgeber
allround: Serviceroboter [SV] / Diener / Allrounder; Helfer [HE] / Helferlein / Gehilfe; Butler [BU] / Butlers
allround: Haushelfer [HA] / Heinzelmann
"""

LISTS = """
people: Anton; Berta; Cäsar; Dora; Emil; Frieda; Gustav; Heidi; Ida; Jakob; Käthe; Ludwig; Martha; Nils; Oskar; Paula; Richard
people: Sophie; Theo; Ulla; Viktor; Wilma; Xaver; Zita; Bärbel; Günther; Hannelore; Jupp; Lotte; Rudi; Trude; Willi; Elfriede
people: Kalle; Moni; Uschi; Otto; Liesel; Karlchen; Fritzi
pets: Struppi; Bello; Flocke; Krümel; Waldi; Schnuffel; Blitz; Rakete; Knut; Fips; Mops; Keks; Muckel; Wuschel; Flitzer; Brummi
pets: Dackel; Poldi; Zorro; Bruno
stars: Merkur; Venus; Mars; Jupiter; Saturn; Neptun; Orion; Wega; Sirius; Atlas; Titan; Apollo; Hermes; Juno; Komet; Luna; Phönix
stars: Thor; Odin; Freya
brands: Rolli; Kivo; Flitzi; Lasti; Schieber; Trako; Hupfer; Kargo; Fahrli; Packi; Rumpel; Bringo; Schleppi; Robbi; Zippel; Ladi
brands: Karro; Kumpel; Hol-Bot; Tragi
robotwords: Roboter; Robo; Einheit; Fahrzeug; Maschine; Wagen; Nr.
compass: Nord; Süd; Ost; West
side: Links; Rechts; Oben; Unten; Vorne; Hinten; Innen; Außen
colour: Rot; Blau; Grün; Gelb; Orange; Weiß; Schwarz; Lila
theme: Oslo; Wien; Kairo; Lima; Kyoto; Basel; Porto; Riga
theme: Eiche; Ahorn; Birke; Weide; Zeder; Ulme; Linde; Kiefer
theme: Falke; Otter; Luchs; Reiher; Dachs; Fuchs; Rabe
theme: Curie; Planck; Newton; Zuse; Röntgen; Tesla; Humboldt
theme: Alpha; Bravo; Charlie; Delta; Echo; Foxtrot; Golf
theme: Rubin; Opal; Jade; Bernstein; Perle
numbers: eins; zwei; drei; vier; fünf; sechs; sieben; acht; neun; zehn; elf; zwölf
floors: Ebene #; Gasse #; Abschnitt #; Stock #; Halle #; Haus #; Zone #; Sektor #; Block #; Flügel #; Geschoss #
chargenicks: Tankstelle; Basis; Saft; Strom; zu Hause; Steckdose; Zapfsäule; Dock; Erholung
parknicks: Basis; zu Hause; Garage; Nest; Ruhe; Heimat; Stall; Bahnhof; Körbchen
anynicks: Drehkreuz; ganz hinten; das Loch; Nachschub; vorne; hinten; Qualität; die Höhle; unten; der Schuppen; Aufsicht
anynicks: die Ecke; saubere Seite; Keller
robotnicks: der Große; der Kleine; der Alte; der Neue; der Dicke; der Lahme; der Blaue; Opa; der Laute; Junior; Ersatz; das Biest
robotnicks: die Rote; Schnecke
typenicks: Roboter; Robos; Maschinen; die Jungs; die Truppe; Kisten; Einheiten; Kollegen
small: von; der; die; das; und; für; im; in
number: Nummer #; Nr. #; Nr #
articles: Nummer
containers: Kiste # 18; Palette # 450; Karton # 8; Fass # 190; Sack # 20; Stapel # 40; Tonne # 30; Wagen # 60
containers: Gitterbox # 240; Behälter # 12; Eimer # 10
contents: Schrauben; Reis; Kabel; Flaschen; Handtücher; Schuhe; Lampen; Filter; Bolzen; Ventile; Spielzeug; Fliesen; Äpfel; Lager
contents: Papier; Chemikalien; Bücher; Pumpen; Sensoren; Glas; Kaffee; Seife; Rohre; Kissen; Platten; Magnete; Winkel; Bürsten
contents: Handschuhe; Helme; Jacken; Kerzen; Tassen; Batterien; Motoren; Samen; Salz; Nägel; Dichtungen; Muttern; Kies; Honig
notes: Kein Roboter fährt in eine Sperrzone.; Höchstgeschwindigkeit 1,2 m/s.; {heavy} trägt bis {kg} kg.
notes: Flure beim Schichtwechsel freihalten.; Roboter befördern keine Personen.; Besucher haben Vorrang.
notes: {heavy} ist der Starke ({kg} kg).; Im Aufzug fährt nur ein Roboter.; Nachtruhe ab 21 Uhr.
brandnames: Nordwerk; Hallgarten; Lindenau; Kestner; Steinbrück; Meridian; Feldmann; Ahornhof; Blauspitz; Lindqvist; Rosental
brandnames: Hagedorn & Söhne; Sonnenau; Talheim
"""
