"""English words for random sites. `lexicon` says how these texts are read."""

TRADES = """
[warehouse]
title: distribution centre; fulfilment hub; parts depot; cross-dock; logistics park; bonded warehouse
areas: Inbound; Outbound; High Bay; Pick Zone; Cold Side; Mezzanine; Value Add; Yard Side; Hall 1; Hall 2
dock: Dock # / ramp # / door #; Loading Bay # / bay # / LB #; Trailer Door # / TD # / trailer #; Gate # / truck gate #
staging: Marshalling Lane # / lane # / marshal #; Outbound Buffer / out buffer; Inbound Lanes / in lanes / staging
rack: Rack # / shelf #; Shelving # / shelves #; Pallet Slot # / slot #; Aisle # / row #
packing: Pack Bench # / bench # / pack #; Gift Wrap / wrapping; Labelling Table # / label table #
desk: Goods Inward / goods-in / inwards; Dispatch Office / dispatch; Claims Desk / claims / returns
machine: Shrink Tunnel / tunnel / shrink wrapper; Cardboard Press / press / the baler; Pallet Inverter / inverter
machine: Sorter Chute # / chute #
store: Bonded Cage / bond / cage; Cold Chamber # / cold room # / fridge #; Empties Yard / empties; Quarantine Shelf / quarantine
items: carton 9 / cartons / boxes; tote 12 / totes / grey bins; roll cage 80 / cages / rollies; euro pallet 22 / pallets / EPAL
items: mixed pallet 480 / mixed load; cardboard bale 300 / bales; pick cart 55 / picking trolley
items: shrink wrap roll 15 / wrap / film; return parcel 4 / returns; label rolls 2 / labels; hazmat drum 210 / hazmat
items: empty tote stack 30 / empties; oversize crate 350 / long stuff
[factory]
title: gearbox plant; bus works; pump factory; furniture plant; appliance works; tyre plant; e-bike factory
areas: Machining; Final Assembly; Paint Shop; Stores; Foundry Side; Hall A; Hall B; Testing; Line Side; Despatch
production: Line # / L#; Assembly Cell # / cell #; Lathe # / turning #; Mill # / milling #; Press # / stamping #
production: Moulding Machine # / IMM #
line drop: Drop Point # / drop #; Feed Point # / FP#; Handover # / handoff #
buffer: Kanban Rack # / kanban #; WIP Buffer # / WIP #; Supermarket # / market #; Sequencing Lane # / seq #
store: Raw Material Store / raws / raw store; Tool Room / tools / crib; Bolt Store / fasteners; Paint Store / paints
inspection point: Test Bench # / bench #; Quality Gate # / QG #; Gauge Room / metrology / gauges; Leak Test / leak tester
rework: Rework Corner / rework / repairs; Scrap Cage / scrap; Swarf Skip / swarf / chips
workshop: Maintenance Shop / maintenance / fitters; Die Shop / dies
items: housing 35 / housings / castings; gear set 18 / gears; motor 60 / motors; kitting trolley 45 / kits / kit trolley
items: stillage 300 / stillages; sheet pack 900 / sheets; steel coil 4000 / coils; screw bin 14 / screws; wiring loom 6 / looms
items: reject bin 90 / rejects; die 1200 / tooling; paint drum 180 / paint; coolant barrel 210 / coolant; swarf bin 250 / swarf
items: pump body 24 / pumps; tyre stack 110 / tyres
[hospital]
title: General Hospital; University Hospital; Royal Infirmary; Memorial Medical Center; District Hospital; Children's Hospital
areas: Basement; Ground; Level 1; Level 2; Level 3; East Tower; West Wing; Outpatients; Theatres; Logistics Core
ward: Ward # / W#; Medical Ward # / med #; Surgical Ward # / surg #; Stroke Unit / stroke
ward: Maternity / labour ward / maternity ward; Intensive Care / ICU / intensives; High Dependency / HDU
ward: Recovery Room / recovery; Neonatal / baby unit / NICU; Burns Unit / burns
nurses station: Nurse Base # / base #; Nurses Station # / station #
operating room: Theatre # / OR # / OT#; Cath Lab # / cath #
clinic: Emergency / A&E / ED / casualty; X-Ray / imaging / radiology; Endoscopy / scopes; Fracture Clinic / fractures
clinic: Eye Clinic / eyes
lab: Path Lab / pathology / the lab; Blood Fridge / blood bank; Microbiology / micro
store: Linen Cupboard # / linen #; Sterile Services / sterile / CSSD; Equipment Library / equipment; Bed Store / beds
store: Clean Utility # / clean #
waste: Dirty Utility # / sluice #; Waste Yard / waste; Laundry Chute / laundry / dirty linen
pharmacy: Pharmacy / dispensary / drugs counter; Aseptic Suite / aseptics
kitchen: Ward Kitchen # / pantry #; Main Kitchen / kitchen / catering
room: Room # / bay #; Side Room # / SR #; Isolation # / iso #
items: blood sample 1 / bloods / samples / specimens; plasma bag 1 / plasma; medicine tote 6 / meds / medicines
items: IV fluids 14 / fluids / drips; instrument tray 12 / trays / instruments; meal cart 75 / meals / lunches
items: linen cage 90 / linen / clean linen; soiled linen bag 12 / soiled; sharps bin 4 / sharps; oxygen cylinder 16 / oxygen / O2
items: infusion pump 4 / pumps; wheelchair 18 / chairs; mattress 20; X-ray cassette 3; crash cart 60 / resus trolley
items: clinical waste bin 30 / clinical waste; patient notes 2 / notes / charts; vaccine cooler 5 / vaccines
[clinic]
title: Health Centre; Dental Clinic; Day Surgery; Rehab Clinic; Veterinary Clinic; Dialysis Centre
areas: Front; Treatment; Diagnostics; Staff Side; Upstairs; Garden Wing; Ground Floor; First Floor
room: Consulting Room # / consult #; Treatment Room # / treatment #; Exam Room # / exam #; Physio Gym / physio / gym
room: Plaster Room / plaster
desk: Reception / front desk; Check-In # / check-in desk #; Triage / triage desk
lab: Sample Hatch / hatch; Draw Station # / phlebotomy #; Scanner Suite / scans; Dental Lab / dental
store: Drug Cupboard / drugs; Consumables Store / consumables; Gas Store / gases; Autoclave Room / autoclave / sterilizing
ward: Day Ward / day beds; Kennels / dogs; Dialysis Bay # / dialysis #; Recovery Lounge / recovery
items: urine sample 1 / samples; dressing pack 2 / dressings; glove box 1 / gloves; syringe pack 1 / syringes
items: test kit 1 / swabs / kits; saline case 12 / saline; implant tray 3 / implants; X-ray film 1 / films
items: bandage box 3 / bandages; clean towels 5 / towels; file box 6 / files
[hotel]
title: Grand Hotel; Airport Inn; Spa Resort; Conference Hotel; Seaview Hotel; Boutique Hotel
areas: Lobby Level; Floor 2; Floor 3; Floor 4; Spa; Back of House; Conference Wing; Terrace; Garden
room: Room # / rm #; Suite # / suite; Meeting Room # / MR #; Ballroom / the ballroom; Bridal Suite / honeymoon
desk: Front Desk / reception; Concierge / concierge desk; Bell Stand / bells / porters; Spa Desk / spa
kitchen: Banquet Kitchen / banquets; Room Service Pantry / room service; Pastry Kitchen / pastry; Dish Wash / dishes
store: Linen Room # / linen #; Housekeeping Store # / HK #; Luggage Room / luggage / left bags; Wine Cellar / wine
store: Minibar Store / minibars
restaurant: Breakfast Room / breakfast; Rooftop Bar / rooftop / bar; Bistro; Pool Bar / pool
waste: Bottle Bank / bottles; Laundry Drop # / laundry #; Garbage Room / trash
items: suitcase 20 / bags / luggage; towel stack 8 / towels; bed sheets 10 / sheets / linen; breakfast tray 3 / breakfast
items: minibar crate 12 / minibar; room service cart 30 / room service; bathrobe 1 / robes / gowns; flowers 2 / bouquets
items: ice bucket 3 / ice; pillow 1 / pillows; wine case 15 / wine; dirty dishes 12 / dishes; toiletries box 6 / soaps
items: folding chair 5 / chairs; newspaper 1 / papers; cot 14 / baby bed
[airport]
title: International Airport; Regional Airport; Air Cargo Terminal; Terminal 2; Airfreight Hub
areas: Arrivals; Departures; Airside; Landside; Concourse A; Concourse B; Cargo Hall; Baggage Basement; Pier North
gate: Gate # / G#; Boarding Gate # / boarding #; Bus Gate # / bus #
desk: Check-In Island # / island #; Info Counter / info / information; Lost Property / lost and found
desk: Transfer Desk # / transfers #
belt: Carousel # / belt # / reclaim #; Oversize Belt / oversize; Screening Lane # / lane #
cargo: ULD Rack # / ULD #; Build-Up Area / build-up; Break Bulk / breakdown; Perishables Cooler / perishables
cargo: Customs Cage / customs
store: Duty Free Store / duty free; Catering Dock # / catering #; Trolley Pool # / trolleys #; Spill Kit Cabinet / spills
lounge: Lounge # / lounge; Prayer Room; Nursery / kids corner; Smoking Room / smokers
items: checked bag 21 / bags / baggage; ULD container 900 / ULDs / cans; mail sack 14 / mail; wheelchair 17 / wheelchairs
items: stroller 9 / buggies; duty free crate 16 / duty free; meal box 20 / catering; lost item 2 / lost property
items: baggage trolley 25 / trolleys; pet crate 24 / animals; live lobster box 12 / lobsters; spare tyre 120 / nose wheel
items: blanket bag 8 / blankets; water jug 19 / water; skis 7 / ski bags
[harbour]
title: Container Terminal; Ferry Port; Fishing Harbour; Marina; Freight Quay; Cruise Terminal
areas: North Quay; South Quay; Container Yard; Cold Stores; Customs; Outer Mole; Ro-Ro; Shed Row
dock: Berth # / B#; Pier # / jetty #; Quay # / quayside #; Slipway / slip; Ferry Ramp # / ferry #
storage: Stack # / block #; Reefer Point # / reefers #; Transit Shed # / shed #; Hazard Yard / hazard; Empty Depot / empties
workshop: Rigging Loft / riggers / loft; Net Store / nets; Chandlery / chandler; Crane Workshop / cranes
desk: Customs Counter / customs; Harbour Office / harbour master; Weighbridge / scales / the scales; Tally Hut # / tally #
store: Ice House / ice; Fish Hall / fish; Rope Store / ropes; Fuel Shed / fuel; Lashing Cage # / lashings #
items: fish crate 30 / fish / catch; rope coil 40 / rope / ropes; lashing bar 18 / bars; twist lock bin 60 / twistlocks
items: ship stores 25 / stores; fender 70 / fenders; net bundle 55 / nets; ice tub 120 / ice; crew luggage 20 / crew bags
items: anchor chain 500 / chain; lifejacket bale 22 / vests; bollard light 6 / lights; paint tin 12 / paint
items: reefer plug 5 / plugs; mooring line 85 / lines; oil boom 45 / booms
[brewery]
title: Brewing Company; Craft Brewery; Bottling Works; Distillery; Winery; Cider House
areas: Brewhouse; Cellar; Filling; Tap Side; Malt House; Cold Block; Barrel Hall; Yard
production: Kettle # / copper #; Fermenter # / FV #; Bright Tank # / BBT #; Bottling Line # / bottling #; Canning Line / canning
production: Keg Filler # / kegging #
store: Malt Silo # / silo #; Hop Store / hops; Yeast Room / yeast; Barrel Row # / barrels #; Crown Cap Shelf / caps
store: Keg Yard / kegs; Cold Cellar / cellar
lab: Tasting Room / tasting; Brew Lab / lab; Gravity Desk / gravity
machine: Crate Washer / washer; Palletiser # / palletizer #; Keg Washer / keg wash; Labeller # / labels #
dock: Draymen's Dock # / dray #; Tanker Point / tanker; Shop Door / brewery shop / shop
waste: Spent Grain Bin / spent grain / draff; Glass Skip / cullet; Returned Kegs / returns
items: keg 45 / kegs / barrels; malt sack 25 / malt; hop bale 12 / hops; beer crate 18 / crates / beer; yeast bucket 9 / yeast
items: bottle pallet 620 / bottles; can pallet 400 / cans; cap carton 11 / caps; empty keg 12 / empties / empty kegs
items: wort sample 1 / wort; gas bottle 40 / CO2; oak cask 60 / casks
[lab]
title: Research Institute; Genomics Lab; Materials Lab; Pharma Plant; Vaccine Works; Test Centre
areas: Clean Side; Grey Side; Floor 1; Floor 2; Wet Labs; Vivarium; Pilot Hall; Support; BSL-2
lab: Lab # / L#; Wet Lab # / wet #; Cell Culture # / culture #; Sequencing Suite / sequencer; Microscopy / scopes
lab: Spectroscopy / spectro; Mass Spec / MS
bench: Bench # / workbench #; Fume Hood # / hood #; Glove Box # / GB #; Sample Port # / port #
store: Freezer Farm / freezers / minus eighty; Chemical Store / chemicals; Solvent Cabinet # / solvents #
store: Glassware Shelf / glassware; Gas Cage / gases
production: Tablet Press # / press #; Blending Room / blender; Vial Filler # / filler #; Lyophiliser / freeze dryer
production: Coating Pan # / coater #
airlock: Material Airlock # / MAL #; Gowning Room / gowning; Pass-Through # / hatch #
waste: Solvent Waste / waste solvents; Autoclave # / clave #; Wash-Up / washing up
items: sample rack 2 / samples / racks; reagent kit 3 / reagents; buffer bottle 10 / buffers; dry ice box 15 / dry ice
items: pipette tips 2 / tips; petri dishes 3 / plates / dishes; solvent can 20 / solvent; nitrogen dewar 60 / nitrogen / LN2
items: glassware tray 6 / glassware; mouse cage 4 / cages; vial tray 5 / vials; tablet drum 45 / tablets
items: batch record 1 / paperwork; gown pack 4 / gowns; biowaste bag 8 / biowaste; API keg 30 / actives
[supermarket]
title: Superstore; Food Market; Hypermarket; Wholesale Club; Garden Centre; DIY Store
areas: Backroom; Sales Floor; Chilled; Ambient; Fresh; Checkout Front; Online Picking; Yard
aisle: Aisle # / row #; Gondola End # / end #; Promo Island # / promo #
counter: Deli Counter / deli; Fish Counter / fish; Cheese Counter / cheese; Butcher / meat; Bake-Off / bread
counter: Customer Service / service / returns
checkout: Till # / checkout #; Self-Scan / self checkout; Click and Collect / collect / pickup
store: Milk Fridge / milk / dairy; Freezer # / frozen #; Veg Prep / veg; Flower Cold Room / flowers; Tobacco Cage / tobacco
store: Pet Food Bay / pets
dock: Back Door # / back #; Goods Lift Lobby / lobby; Dairy Dock / dairy dock
waste: Bottle Return / bottles / deposit; Waste Food Bin / waste food; Cardboard Corner / cardboard
items: milk trolley 140 / milk; banana box 18 / bananas; bread tray 7 / bread; frozen cage 160 / frozen; egg case 12 / eggs
items: beer tower 220 / beer; water pack 9 / water; pet food bag 15 / pet food; flower bucket 5 / flowers
items: promo stand 20 / display; shopping basket stack 12 / baskets; empty crates 16 / empties; compost bag 20 / compost
items: paint bucket 14 / paint; potato net 10 / potatoes; detergent box 8 / detergent
[library]
title: City Library; University Library; National Archive; Law Library; Media Centre
areas: Ground Floor; First Floor; Second Floor; Stacks; Reading Hall; Children's Corner; Closed Stacks; Annex
shelf: Shelf # / sh #; Stack Row # / stacks #; Map Drawers / maps; Fiction Shelves / fiction; Comics Corner / comics
shelf: Periodicals / magazines
desk: Loans Desk / loans / circulation; Return Slot # / returns #; Help Desk / help; Book Sorter / sorter
desk: Reserve Shelf / holds / reserves
room: Reading Room # / RR #; Study Room # / study #; Group Room # / group #; Rare Books Room / rare books; Story Corner / stories
workshop: Bindery / binding; Scan Studio / scanning; Book Repair / repairs; Cataloguing / cataloguers; Mail Room / post
items: book cart 60 / carts / book truck; returned books 12 / returns; reserve box 10 / reserves / holds; map tube 1 / maps
items: atlas 4 / atlases; newspaper bundle 8 / papers; archive box 7 / archives; DVD crate 6 / films; laptop case 15 / laptops
items: book crate 18 / books; microfilm tray 3 / film
[farm]
title: Dairy Farm; Organic Farm; Greenhouse Farm; Poultry Farm; Orchard; Vertical Farm
areas: Barn; Greenhouse; Yard; Packhouse; Milking; North Field; Orchard; Cold Store
barn: Pen # / stall #; Milking Parlour / parlour / milking; Calf House / calves; Hen House # / hens #; Lambing Shed / lambs
barn: Horse Boxes / stables
greenhouse: Greenhouse # / glasshouse # / GH#; Bed # / plot #; Seedling Table # / seedlings #; Tomato Row # / tomatoes #
greenhouse: Propagation / prop room
store: Feed Bin # / feed #; Hay Loft / hay; Seed Store / seeds; Fertiliser Shed / fertilizer; Egg Room / eggs
store: Apple Store # / apples #; Root Cellar / roots
workshop: Tractor Shed / tractors; Tool Barn / tools; Wash Pad / wash; Spray Shed / sprays
packing: Grading Line / grader; Packing Shed # / packhouse #; Farm Shop / shop; Collection Point / pickup
waste: Muck Heap / muck / manure; Compost Bay # / compost #
items: feed sack 25 / feed; hay bale 18 / hay / bales; milk churn 50 / milk; egg tray 3 / eggs; apple bin 380 / apples
items: seed tray 2 / seedlings; pumpkin crate 40 / pumpkins; straw bale 15 / straw; fertiliser bag 25 / fertilizer
items: plant trolley 120 / plants; salad box 5 / salad; vet box 4 / vet stuff; empty crates 14 / empties
items: compost tub 60 / compost; carrot sack 20 / carrots; fence post 9 / posts; water bowser 500 / water
[printing]
title: Printing House; Newspaper Press; Packaging Printer; Book Bindery; Label Works
areas: Press Hall; Prepress; Finishing; Paper Store; Mailing; Ink Side; Bindery; Dispatch
production: Offset Press # / press #; Web Press # / web #; Digital Press # / digi #; Folder # / folding #
production: Guillotine # / cutter #; Laminator / lamination; Stitcher # / stitching #; Die Cutter # / die #; Case Maker / covers
production: Perfect Binder / binder
store: Paper Store # / paper #; Reel Park / reels; Ink Room / inks; Plate Rack # / plates #; Die Library / dies
store: Sheet Buffer # / sheets #
desk: Proofing / proofs; Plate Room / CTP; Job Desk / jobs; Colour Booth / colour; Dispatch Table # / dispatch #
waste: Trim Baler / trim / offcuts; Ink Waste / waste ink; Spoil Skip / spoils
items: paper reel 900 / reels; sheet stack 350 / sheets; ink tub 20 / ink / inks; printing plates 8 / plates
items: book pallet 520 / books; flyer box 11 / flyers; newspaper bundle 10 / bundles; label reel 6 / labels
items: offcut bin 120 / offcuts; cover stack 90 / covers; cutting die 14 / dies; proof folder 1 / proofs
[datacentre]
title: Data Centre; Colocation Campus; Cloud Region Site; Exchange; Compute Hall
areas: White Space; Data Hall 1; Data Hall 2; Plant; Meet-Me; Staging; Offices; Row East
rack: Rack # / cabinet #; Row # / r#; Cage # / customer cage #; Pod # / cold aisle #
plant: UPS Room # / UPS #; Battery String # / string #; CRAC Unit # / crac #; Generator # / genset #; Chiller # / chiller
plant: Pump Room / pumps
store: Spares Room / spares; Disk Vault / vault / disks; Cable Store / cables; Crash Cart Bay / crash carts
store: Shredder / disk shredder / destruction
desk: NOC / the noc / ops; Security Lodge / security; Staging Bench # / staging #; Build Room / builds; Goods Entrance / goods in
items: server 22 / servers / boxes; disk tray 6 / disks / drives; switch 9 / switches; cable box 7 / cables / patch leads
items: battery block 35 / batteries; rack rail kit 4 / rails; memory tray 1 / RAM / DIMMs; filter pack 8 / filters
items: scrap drives 12 / dead disks; floor tile 11 / tiles; fan tray 3 / fans
[postal]
title: Mail Centre; Parcel Hub; Sorting Office; Courier Depot; Delivery Office
areas: Parcels; Letters; Night Sort; International; Customs; Vans; Upper Deck; Lower Deck
dock: Van Bay # / van #; Trunk Dock # / trunk #; Airmail Door / airmail; Courier Hatch # / hatch #
sorting: Sorter # / sort #; Chute # / ch#; Frame # / sorting frame #; Tipper # / tip #; Singulator / the singulator
sorting: Cross Belt # / xbelt #
desk: Enquiry Office / enquiries; Customs Desk / customs; PO Boxes / boxes; Parcel Counter # / counter #
desk: Missort Table / missorts / nixies
storage: York Park / yorks; Sack Cage # / sacks #; Hold Shelf / held mail / post; Oversize Corner / bulky / uglies
storage: Returns Rack / returns
items: mail tray 6 / trays / letters; parcel sack 18 / sacks; york 90 / yorks / cages; registered bag 3 / registered / specials
items: bulky parcel 32 / bulky; airmail bag 12 / airmail; catalogue bundle 14 / catalogues; empty trays 8 / empties
items: undeliverables 5 / returns; stamp box 2 / stamps
[bakery]
title: Bakery; Bread Works; Cake Factory; Chocolate Factory; Biscuit Plant; Commercial Kitchen
areas: Dough Side; Oven Hall; Cooling; Packing; Cold Room; Sweet Side; Flour Tower; Despatch
production: Oven # / ov#; Mixer # / mix #; Proofer # / prover #; Dough Table # / table #; Slicer # / slicing #
production: Icing Line / icing; Enrober / chocolate line
store: Flour Silo # / flour #; Sugar Store / sugar; Butter Fridge / butter; Spice Shelf / spices; Tin Rack # / tins #
store: Egg Cooler / eggs; Nut Room / nuts / allergens
packing: Bagging # / bagger #; Cake Boxing / boxing; Metal Detector # / detector #
cooling: Cooling Spiral / spiral; Cooling Rack # / cooling #; Blast Chiller # / blast #
dock: Van Dock # / vans #; Shop Hatch / the shop; Crumb Bin / crumbs; Tray Wash / wash / tray washer
items: flour bag 25 / flour; dough tub 60 / dough; bread rack 110 / bread / loaves; cake box 2 / cakes; butter block 20 / butter
items: sugar sack 25 / sugar; bun tray 5 / buns / rolls; baking tin 3 / tins; chocolate drum 40 / chocolate; pie rack 95 / pies
items: egg pail 15 / egg; empty trays 9 / empties; yeast pack 10 / yeast
[shipyard]
title: Shipyard; Boat Works; Dry Dock Company; Aircraft Hangar; Rail Depot; Wind Turbine Works
areas: Slipway; Dry Dock; Plate Shop; Outfitting; Hangar; Pipe Shop; Blade Hall; Quay
dock: Dry Dock # / DD #; Building Berth # / berth #; Stand # / hangar stand #; Track # / pit #; Outfitting Quay / fit-out
production: Plate Cutter # / plasma #; Panel Line / panels; Block Hall # / block #; Pipe Bender / pipes; Blast Booth / blasting
production: Blade Mould # / mould #
store: Steel Yard / steel; Weld Store / rods; Valve Store / valves; Engine Bay # / engines #; Rivet Store / rivets
store: Cable Drum Park / drums; Bogie Row / bogies
workshop: Joinery / joiners / carpenters; Electrical Shop / sparks; Sail Loft / loft; Turbine Shop / turbines
workshop: Wheel Lathe / lathe
items: plate bundle 1800 / plate; pipe spool 140 / spools / pipes; valve crate 75 / valves; welding rods 12 / rods
items: cable drum 260 / cable; engine 2400 / engines; rivet box 9 / rivets; paint pail 22 / paint; anode box 35 / zincs
items: hatch cover 310 / hatches; seat row 45 / seats; rotor blade bolt 4 / bolts; brake pads 16 / pads
[museum]
title: City Museum; Science Museum; Art Gallery; Natural History Museum; Aquarium; Exhibition Centre
areas: Ground Floor; Upper Floor; East Wing; West Wing; Depot; Public Side; Garden; Hall of Ships
gallery: Gallery # / gal #; Room # / r#; Hall of Egypt / egypt / mummies; Dinosaur Hall / dinos; Sculpture Court / sculptures
gallery: Planetarium / stars; Reef Tank / reef
exhibition: Stand # / booth #; Special Exhibition / special; Kids Lab / kids; Touch Pool / rays
desk: Ticket Desk # / tickets #; Cloakroom / coats; Audio Guide Desk / audio guides; Museum Shop / shop; Information Point / info
store: Painting Store / paintings; Crate Store / crates; Costume Archive / costumes; Depot # / depot #; Climate Vault # / vault #
store: Fish Kitchen / fish food
workshop: Conservation Studio / conservation / restorers; Frame Shop / frames; Photo Studio / photos
workshop: Quarantine Room / quarantine
items: painting crate 45 / paintings / pictures; audio guide rack 14 / audio guides; statue 120 / sculpture
items: brochure box 9 / brochures; display case 85 / vitrines; folding chairs 24 / chairs; fossil tray 7 / fossils / bones
items: costume rail 30 / costumes; coat rack 16 / coats; fish food 8 / feed; rope barrier 12 / barriers
[school]
title: High School; University Campus; Primary School; Technical College; Music Academy; Conference Centre
areas: Main Building; Science Block; Sports Wing; Floor 1; Floor 2; Canteen; Admin; Courtyard
room: Classroom # / class #; Lecture Hall # / LH #; Seminar Room # / seminar #; Music Room / music; Art Room / art
room: Chemistry Room / chem; Auditorium / aula
desk: Secretary's Office / secretary / office; IT Desk / IT help; Caretaker's Lodge / caretaker / janitor; Exam Office / exams
desk: Staff Room / teachers
store: Chair Store / chairs; Book Room / books; Sports Store / sports; Copy Room / copies; Lost Property / lost
store: Instrument Store / instruments
gym: Sports Hall # / gym #; Pool Deck / pool; Stage / backstage; Dance Studio / dance
kitchen: Canteen Kitchen / kitchen; Lunch Counter # / lunch #; Tray Return / trays; Milk Bar / milk
items: textbook crate 16 / textbooks / books; lunch box cart 60 / lunches; exam papers 5 / exams; projector 7 / beamer
items: gym mats 30 / mats; laptop cart 70 / laptops; chair stack 32 / chairs; copy paper 12 / paper
items: microscope case 6 / microscopes; cello 8 / cellos; chemistry set 9 / chemicals; lost jackets 3 / lost stuff
[cinema]
title: Multiplex; Opera House; Concert Hall; Stadium; Theme Park; Theatre; Casino; TV Studios
areas: Foyer; Upper Circle; Backstage; Stage Left; North Stand; South Stand; Food Court; Studio Block
hall: Screen # / cinema #; Hall # / h#; Studio # / st#; Block # / section #; Box # / loge #; Main Stage / stage
hall: Rehearsal Room # / rehearsal #
counter: Popcorn Counter / popcorn; Box Office / tickets; Cloakroom # / coats #; Kiosk # / kiosk; Beer Stand # / beer #
counter: VIP Lounge / VIPs; Merch Stand / merch
store: Prop Store / props; Costume Room / wardrobe / costumes; Snack Store / snacks; Lighting Store / lamps; Cable Room / cables
store: Scenery Dock / scenery
room: Dressing Room # / dressing #; Green Room / green; Projection # / booth #; Orchestra Pit / pit; Control Room / gallery
room: Make-Up / makeup
waste: Bottle Store / empties; Trash Dock / trash; 3D Glasses Return / glasses
items: popcorn sack 12 / popcorn; cola keg 24 / cola / syrup; costume rail 35 / costumes; prop box 14 / props
items: light stand 18 / lights; poster tube 2 / posters; flight case 65 / cases; speaker 40 / speakers; nacho case 8 / nachos
items: 3D glasses crate 6 / glasses; ticket rolls 3 / tickets; music stands 20 / stands
[office]
title: Head Office; Business Park; Call Centre; Town Hall; Courthouse; Bank Tower; Co-Working Loft
areas: Floor 1; Floor 2; Floor 3; Lobby; Tower A; Tower B; Archive; Roof
room: Meeting Room # / meeting #; Office # / off #; Courtroom # / court #; Board Room / board; Phone Box # / phone #
room: Training Room / training; Copy Corner # / copier #
desk: Reception / front desk; Mail Room / post; IT Support / IT; Facility Desk / facilities; Cash Desk / cashier
desk: Security Desk / guards
kitchen: Coffee Point # / coffee #; Tea Kitchen # / tea #; Canteen / lunch; Sandwich Bar / sandwiches
store: Stationery Cupboard / stationery; Archive # / files #; Server Room / servers; Toner Shelf / toner
store: Safe / vault / strong room; Bike Cellar / bikes
items: mail tray 3 / mail / post; parcel 4 / parcels; toner box 6 / toner; file box 9 / files / folders; coffee crate 8 / coffee
items: water canister 19 / water; monitor 7 / screens; laptop 2 / laptops; printer paper 12 / paper
items: catering cart 45 / catering / lunch; shredding bin 28 / shredding; office chair 15 / chairs
"""
