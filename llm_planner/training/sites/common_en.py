"""English words that sites of every trade share. `lexicon` says how these texts are read."""

COMMON = """
charger: Charger # / charging #; Charging Station # / CS # / station #; Battery Room / batteries; Charge Point # / CP #
charger: Power Bay # / power #; Charging Wall / the wall; Dock Station # / robot dock #; Plug-In # / plug #
charger: Swap Station / swapper / battery swap; Charging Alcove / alcove
parking: Parking # / park #; Robot Garage / garage; Waiting Bay # / waiting #; Home Row # / home #; Depot Corner / corner
parking: Idle Lane / idle; The Pen / pen; Standby Area # / standby #; Rest Spot # / rest #; Robot Park / robot park
parking: Layby # / layby; Stable / the stable
zone: Canteen / break room / lunch room; Server Room / servers; Press Safety Cage / cage; Kids Area / playroom
zone: High Voltage Room / HV / high voltage; Stairwell # / stairs #; Chapel; Smokers Corner / smokers; Locker Room # / lockers #
zone: Glass Atrium / atrium; Robot Cell Fence / fence; Radiation Room / hot room; Red Zone / red area
zone: Pedestrian Street / walkway; First Aid Room / first aid; Blast Area / no-go; Wet Floor Section / wet section
zone: Fire Assembly Point
elevator: Lift # / elevator #; Goods Lift # / freight elevator #; Service Lift / service elevator
corridor: Corridor # / hallway #; Main Corridor / main hall; Link Bridge / bridge; Back Passage / back way
corridor: Service Tunnel / tunnel
intersection: Crossing # / junction #; Main Crossroads / crossroads; Forklift Crossing / fork crossing; Blind Corner / blind spot
door: Roller Door # / shutter #; Fire Door # / FD #; Fast Door # / speed door #; Swing Doors / swing door; Airlock / lock
washroom: Washrooms # / toilets # / WC #; Cleaning Cupboard / cleaners
meeting point: Visitor Entrance / entrance / visitors; Main Lobby / lobby
items: toolbox 11 / tools; parcel 5 / parcels; crate 12 / crates; cardboard box 4 / boxes; document folder 1 / papers / documents
items: waste bin 30 / trash / bins; water bottles 12 / water; key box 1 / keys; spare battery 14 / batteries
items: trolley 30 / trolleys; cleaning kit 8 / cleaning stuff; ladder 13; bucket 6 / buckets
items: empty pallet 22 / empties / empty pallets; spare parts box 10 / spares; first aid kit 3 / medkit; mail bag 7 / mail / post
items: uniform bag 6 / uniforms
"""

TYPES = """
carrier: AMR [AMR M A] / amrs / carts / bot; carrier [CR C CAR] / carriers; shuttle [SH S] / shuttles
carrier: transporter [TR TP] / transporters / hauler; cart robot [CB K] / cart bots / carts; mule [MU M] / mules / donkeys
carrier: runner [RN R] / runners; AGV [AGV V] / agvs / vehicle; platform robot [PF] / platforms
tugger: tugger [TG T TGR] / tuggers / tow truck; tow tractor [TT TX] / tractors / tractor; train [TN] / trains / tugger train
tugger: puller [PU] / pullers
forklift: forklift [FK F FT] / forklifts / forks / fork truck; stacker [ST SK] / stackers
forklift: reach truck [RT] / reach trucks / reachers; counterbalance [CB] / counters
pallet: pallet mover [PM P] / pallet movers / jacks; pallet jack [PJ J] / jacks; lifter [LF L] / lifters
pallet: pallet truck [PT] / pallet trucks / walkies
courier: courier [CO C] / couriers / delivery bot; delivery robot [DR D] / delivery robots / deliveries
courier: cabinet robot [CA] / cabinets; porter [PO] / porters
cooler: cooler bot [CB K] / coolers / fridge on wheels; cold box carrier [CC] / cold boxes / iceboxes; fridge bot [FB] / fridges
cleaner: cleaner [CL C] / cleaners / mop; scrubber [SC S] / scrubbers / floor robot; sweeper [SW] / sweepers / brooms
cleaner: vacuum robot [VR V] / vacuums / hoover
uv: UV robot [UV U] / UVs / lamps / UV unit; disinfector [DI D] / disinfectors / germ killer; sprayer [SP] / sprayers / foggers
inspector: inspector [IN I] / inspectors / checker; camera robot [CM] / cameras / eyes; scanner robot [SN] / scanners
inspector: thermal rover [TH] / thermals / rover
guard: guard robot [GD G] / guards / security bot; patrol robot [PA P] / patrols / watchman; sentry [SY] / sentries
guard: night watch [NW] / watchers
guide: guide robot [GU G] / guides / usher; host [HO H] / hosts / greeters; receptionist bot [RE] / reception bot
guide: companion [CP] / companions / escort
allround: service robot [SV S] / service bots / allrounder; helper [HE H] / helpers / assistants; butler [BU B] / butlers
allround: utility bot [UT U] / utilities
"""

LISTS = """
people: Alice; Bruno; Clara; Dexter; Edna; Frank; Greta; Harvey; Iris; Jasper; Kitty; Leo; Mabel; Ned; Olive; Percy; Queenie
people: Rosie; Stan; Tilda; Ursula; Vince; Wanda; Zoe; Archie; Betty; Cedric; Dora; Elmer; Fiona; Gordon; Hazel; Ike; Josie; Kurt
people: Lottie; Mick; Nora; Oscar; Pearl; Ralph; Sally; Otto; Daisy
pets: Sparky; Biscuit; Turbo; Nugget; Bolt; Rusty; Pepper; Zippy; Goliath; Peanut; Scooter; Gizmo; Waffle; Bumble; Shadow; Rocket
pets: Pickle; Dozer; Tank; Flash
stars: Mercury; Venus; Mars; Jupiter; Saturn; Orion; Vega; Sirius; Rigel; Atlas; Titan; Apollo; Hermes; Juno; Nova; Comet; Luna
stars: Phoenix; Zeus; Thor
brands: Rolly; Kivo; Moxi; Lugger; Hauly; Trako; Bumpo; Cargon; Nimbo; Fetchy; Dash; Movo; Loopy; Rovi; Zed; Buddy; Pixo; Karri
brands: Sherpa; Tico
robotwords: Robot; Bot; Unit; Vehicle; Machine; R; No.
compass: North; South; East; West
side: Left; Right; Upper; Lower; Front; Rear; Inner; Outer
colour: Red; Blue; Green; Yellow; Orange; White; Black; Purple
theme: Oslo; Madrid; Cairo; Lima; Kyoto; Dublin; Porto; Delhi
theme: Oak; Maple; Birch; Willow; Cedar; Elm; Rowan; Pine
theme: Falcon; Otter; Lynx; Heron; Badger; Fox; Raven
theme: Curie; Darwin; Newton; Hopper; Turing; Tesla; Lovelace
theme: Alpha; Bravo; Charlie; Delta; Echo; Foxtrot; Golf; Hotel
theme: Ruby; Opal; Jade; Amber; Pearl
numbers: one; two; three; four; five; six; seven; eight; nine; ten; eleven; twelve
floors: Level #; Aisle #; Row #; Court #; Floor #; Hall #; Building #; Zone #; Sector #; Block #; Wing #
chargenicks: base; the juice bar; power; home; the plugs; recovery; the dock; filling station
parknicks: base; home; the garage; the kennel; rest; the nest; back home; the stable
anynicks: the hub; the far end; the pit; the hole; supply; the front; the back; quality; the cave; downstairs; the shed; control
anynicks: the corner; clean side
robotnicks: the big one; the little one; the old one; the new one; big red; the slow one; the blue one; grandpa; the loud one
robotnicks: junior; the spare; the beast
typenicks: robots; bots; machines; minions; the crew; the boys; units; wheels
small: of; the; and; a; in
number: number #; no #; nr #
articles: number
containers: crate of # 18; pallet of # 450; box of # 8; drum of # 190; bag of # 20; # bin 25; # pallet 500; # crate 16; # cart 60
containers: # rack 120; rack of # 140; # box 7
contents: bolts; rice; cables; bottles; towels; shoes; lamps; filters; screws; valves; toys; tiles; apples; bearings; paper
contents: chemicals; books; pumps; sensors; glass; coffee; soap; tubes; cushions; panels; pipes; magnets; brackets; brushes
contents: gloves; helmets; jackets; candles; cups; batteries; motors; seeds; salt; nails
notes: No robot enters a no_robot_zone.; Speed limit on site 1.2 m/s.; {heavy} can carry {kg} kg.
notes: Keep the corridors free at shift change.; Night shift 22:00 to 6:00.; Robots never carry people.
notes: Visitors have right of way.; {heavy} is the strong one ({kg} kg).; Goods lifts take one robot at a time.
notes: Quiet hours after 21:00.
brandnames: Norvik; Halloway; Brightwater; Castell; Oakhurst; Kestrel; Stonebridge; Meridian; Fairlight; Tamarind; Bluepeak
brandnames: Lindqvist; Marlow; Rivet & Sons; Sunmere
"""
