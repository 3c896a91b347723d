"""Everyday nouns of the field in five languages: "Rampe 3" and "3号码头" may mean the registry's "Dock 3".

A name is spoken in another language when each of its words is, numbers and single letters staying as they are. Such a
spelling counts only where no registry name has it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from llm_planner.core.tokens import is_number, key, stem

#: One concept a line, its languages separated by ";" (en de fr es zh), the spellings of one language by ",".
_GROUPS = """
dock, loading dock, dock door; rampe, tor, laderampe; quai; muelle, andén; 码头, 月台, 装卸口
bay, loading bay; bucht, ladebucht; baie; bahía; 装卸位, 湾
gate; tor, gate; porte; puerta; 门, 登机口
packing, packing station, packing table, pack station; packplatz, packstation, verpackung, packtisch; emballage, poste d'emballage, poste emballage; empaque, embalaje, estación de empaque, mesa de empaque; 包装台, 包装站, 打包台, 打包站, 包装
shipping, dispatch; versand; expédition; envíos, expedición, despacho; 发货区, 发货, 出货区
receiving, goods in, inbound, receiving desk; wareneingang, annahme; réception, réception marchandises; recepción, recibo; 收货区, 收货, 收货处
rack; regal; rayonnage, rack; estantería, rack; 货架
shelf; regal; étagère; estante; 架
aisle; gang, gasse; allée; pasillo; 通道, 巷道
corridor, hallway; flur, korridor; couloir; pasillo, corredor; 走廊
hall; halle; hall; nave; 厅, 大厅
line, production line; linie, band, fertigungslinie; ligne; línea; 生产线, 线, 产线
cell; zelle; cellule; celda, célula; 单元
station; station; station, poste; estación; 站, 工位
buffer; puffer; tampon, buffer; búfer, pulmón; 缓冲区, 缓冲
staging, staging area; bereitstellung; zone de préparation, préparation; preparación; 暂存区, 集货区
storage, store, store room, storage room, stockroom; lager, lagerraum; réserve, stock, magasin; almacén, depósito; 仓库, 库房, 储藏室
cold store, cold storage, cold room, freezer; kühlraum, kühlhaus, kühllager; chambre froide; cámara fría, cámara frigorífica; 冷库, 冷藏库
workshop, maintenance, maintenance bay; werkstatt, wartung, instandhaltung; atelier, maintenance; taller, mantenimiento; 维修间, 维修区, 车间
charger, charging station, charging bay, charging dock; ladestation, ladegerät, ladeplatz; chargeur, borne, borne de recharge, station de charge; cargador, estación de carga; 充电桩, 充电站, 充电位, 充电区
parking, parking lot, park; parkplatz, stellplatz, abstellplatz; parking; aparcamiento, estacionamiento, parking; 停车区, 停车位, 停放区
returns, returns desk; retouren, rückgabe; retours; devoluciones; 退货区, 退货处, 退货
sorter; sorter, sortierer, sortieranlage; trieur, trieuse; clasificador; 分拣机, 分拣线
conveyor; förderband, fördertechnik; convoyeur; cinta, cinta transportadora, transportador; 传送带, 输送线
quality, quality control, qa, qc, inspection; qualitätskontrolle, qualität, qs, prüfplatz; contrôle qualité, qualité; control de calidad, calidad; 质检区, 质检, 质检台
waste, trash; müll, abfall; déchets, poubelles; basura, residuos, desechos; 垃圾站, 垃圾房, 垃圾, 废物
office; büro; bureau; oficina; 办公室
reception, front desk; empfang, rezeption; accueil, réception; recepción; 前台, 接待处
lobby; lobby, foyer; hall d'entrée, hall; vestíbulo, lobby; 大堂
entrance; eingang; entrée; entrada; 入口
exit; ausgang; sortie; salida; 出口
kitchen; küche; cuisine; cocina; 厨房
canteen, cafeteria, break room; kantine, pausenraum; cantine, salle de pause; comedor, cafetería; 食堂, 餐厅, 休息室
laundry; wäscherei; blanchisserie, buanderie; lavandería; 洗衣房
pharmacy; apotheke; pharmacie; farmacia; 药房
lab, laboratory; labor; labo, laboratoire; laboratorio; 实验室, 化验室
ward; station; service; planta, sala; 病区, 病房
room; zimmer, raum; chambre, salle; habitación, sala, cuarto; 房间, 室, 号房
operating room, theatre; op, operationssaal, op saal; bloc, bloc opératoire, salle d'opération; quirófano; 手术室
emergency, emergency department, emergency room; notaufnahme; urgences; urgencias; 急诊, 急诊科
radiology; radiologie, röntgen; radiologie; radiología; 放射科
elevator, lift; aufzug, fahrstuhl, lift; ascenseur; ascensor, elevador; 电梯
floor, level; etage, stock, ebene; étage, niveau; piso, planta, nivel; 层, 楼
zone, area; zone, bereich; zone; zona, área; 区, 区域
warehouse; lagerhalle; entrepôt; almacén, bodega; 仓库
crossing, intersection; kreuzung; croisement, carrefour; cruce; 路口, 交叉口
table, desk; tisch; table; mesa; 台, 桌
north; nord; nord; norte; 北
south; süd; sud; sur; 南
east; ost; est; este; 东
west; west; ouest; oeste; 西
main, central; haupt; principal, principale; principal; 主
pallet, pallets; palette, paletten; palette, palettes; palet, palé, pallet, tarima, palets, tarimas; 托盘, 栈板
empty pallet, empty pallets; leerpalette, leerpaletten, leere paletten, leere palette; palette vide, palettes vides; palet vacío, palets vacíos, tarima vacía; 空托盘, 空栈板
box, carton; karton, kiste, box; carton, boîte; caja, cartón; 箱子, 纸箱, 盒子
crate; kiste; caisse; caja, huacal; 箱子, 周转箱
tote, bin; behälter, kiste, kleinladungsträger; bac, bac plastique; contenedor, cubeta, tote, bandeja; 料箱, 周转箱, 箱子
cart, trolley, order cart; wagen, rollwagen; chariot; carro, carrito; 推车, 小车
roll cage, cage; rollcontainer, rollwagen, gitterbox; roll, rolls; roll, jaula; 笼车
parcel, package; paket; colis; paquete; 包裹
container; container, behälter; conteneur; contenedor; 集装箱, 容器
sample, samples; probe, proben; échantillon, échantillons; muestra, muestras; 样品, 样本
blood sample, blood samples; blutprobe, blutproben; prélèvement sanguin, prélèvements, tube de sang; muestra de sangre, muestras de sangre; 血样, 血液样本
medication, medicine, meds, drugs; medikament, medikamente, arznei; médicament, médicaments; medicamento, medicamentos, medicina; 药品, 药, 药物
meal, meals; essen, mahlzeit; repas; comida, comidas; 餐, 饭菜, 餐食
empty trays, dirty trays; leere tabletts; plateaux vides; bandejas vacías; 空餐盘, 空盘子
tray; tablett; plateau; bandeja; 托盘, 餐盘
linen, clean linen; wäsche, bettwäsche; linge, linge propre; ropa de cama, ropa limpia; 床单, 布草, 干净床单
dirty linen, soiled linen; schmutzwäsche; linge sale; ropa sucia; 脏床单, 脏布草
towels, towel; handtücher, handtuch; serviettes; toallas; 毛巾
tool, tools, tool box, toolbox; werkzeug, werkzeuge, werkzeugkiste; outil, outils, caisse à outils; herramienta, herramientas, caja de herramientas; 工具, 工具箱
part, parts; teil, teile; pièce, pièces; pieza, piezas; 零件, 配件
screws; schrauben; vis; tornillos; 螺丝
bottle, bottles; flasche, flaschen; bouteille, bouteilles; botella, botellas; 瓶子, 瓶
document, documents; dokumente, unterlagen; documents; documentos; 文件, 资料
luggage, baggage, suitcase; gepäck, koffer; bagages, valise; equipaje, maletas; 行李
mail; post; courrier; correo; 邮件, 信件
barrel, drum; fass; fût; barril, tambor; 桶
bag, sack; sack, beutel; sac; saco, bolsa; 袋子, 袋
forklift, forklifts, fork truck; stapler, gabelstapler; chariot élévateur, élévateur; montacargas, carretilla, carretilla elevadora; 叉车
tugger, tow tractor; schlepper, routenzug; tracteur; tractor, remolcador; 牵引车
cleaner, cleaning robot, scrubber, sweeper; putzroboter, reinigungsroboter, kehrmaschine; robot de nettoyage, nettoyeur, autolaveuse; robot de limpieza, limpiador, fregadora; 清洁机器人, 扫地机器人, 清扫车, 清洁车
delivery robot, courier; lieferroboter; robot livreur, livreur; robot repartidor, repartidor; 配送机器人, 送货机器人
inspection robot; inspektionsroboter; robot d'inspection; robot de inspección; 巡检机器人
disinfection robot, uv robot; desinfektionsroboter; robot de désinfection, robot désinfecteur; robot de desinfección; 消毒机器人
guide robot; führungsroboter, guide roboter; robot guide; robot guía; 导览机器人, 引导机器人
"""

Words = tuple[str, ...]


def _index() -> tuple[dict[Words, list[tuple[int, int]]], list[list[list[Words]]]]:
    groups = [
        [[key(spelling) for spelling in language.split(",")] for language in line.split(";")]
        for line in _GROUPS.strip().splitlines()
    ]
    where: dict[Words, list[tuple[int, int]]] = {}
    for number, languages in enumerate(groups):
        for language, spellings in enumerate(languages):
            for spelling in spellings:
                where.setdefault(spelling, []).append((number, language))
                where.setdefault((*spelling[:-1], stem(spelling[-1])), []).append((number, language))
    return where, groups


_WHERE, _CONCEPTS = _index()
_LONGEST = max(map(len, _WHERE))
#: Spellings made for one name.
TRANSLATIONS_MAX = 120


@lru_cache(maxsize=20_000)
def translations(words: Words) -> tuple[Words, ...]:
    """How these words (a name) are said in the other languages; () where some word of it is unknown."""
    pieces: list[list[tuple[int, int]] | str] = []
    index = 0
    while index < len(words):
        for length in range(min(_LONGEST, len(words) - index), 0, -1):
            found = _WHERE.get(words[index : index + length])
            if found:
                pieces.append(found)
                index += length
                break
        else:
            if not (is_number(words[index]) or len(words[index]) == 1):
                return ()
            pieces.append(words[index])
            index += 1
    if not any(isinstance(piece, list) for piece in pieces):
        return ()
    out: dict[Words, None] = {}
    for language in range(5):
        for spoken in _in_language(pieces, language):
            if spoken != words and len(out) < TRANSLATIONS_MAX:
                out[spoken] = None
    return tuple(out)


def _in_language(pieces: list[list[tuple[int, int]] | str], language: int) -> Iterable[Words]:
    options: list[list[Words]] = []
    for piece in pieces:
        if isinstance(piece, str):
            options.append([(piece,)])
        else:
            options.append([spelling for group, _ in piece for spelling in _CONCEPTS[group][language]])
    count = 1
    for option in options:
        count *= len(option)
    if count > 40:
        options = [option[:2] for option in options]
    spoken: list[Words] = [()]
    for option in options:
        spoken = [(*head, *tail) for head in spoken for tail in option]
    for words in spoken:
        yield words
        if language == 4 and len(words) > 1 and is_number(words[-1]):  # 码头3, 3号码头, 3码头
            yield (words[-1], "号", *words[:-1])
            yield (words[-1], *words[:-1])
        if language == 4 and len(words) > 1 and len(words[-1]) == 1 and words[-1].isascii():
            yield (words[-1], *words[:-1])
            yield (words[-1], "号", *words[:-1])
        if language == 1 and len(pieces) > 1 and isinstance(pieces[0], list) and len(words) == 2 and words[1].isalpha():
            yield (words[0] + words[1],)  # Nord + Halle is spoken as one word
