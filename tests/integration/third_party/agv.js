// A VDA 5050 2.0 vehicle that is not ours: vda-5050-lib's AgvController with its VirtualAgvAdapter.
//   node agv.js mqtt://127.0.0.1:18832 MANUFACTURER SERIAL MAP X Y THETA NODE [TIME_LAPSE]
// It drives at 2 m/s (times TIME_LAPSE), picks and drops EPAL pallets at stations whose stationType begins with "floor",
// and runs until SIGTERM.
"use strict";
const { AgvController, VirtualAgvAdapter } = require("vda-5050-lib");

const [broker, manufacturer, serialNumber, mapId, x, y, theta, lastNodeId, timeLapse = "1"] = process.argv.slice(2);
if (!lastNodeId) {
    console.error("usage: node agv.js BROKER MANUFACTURER SERIAL MAP X Y THETA NODE [TIME_LAPSE]");
    process.exit(2);
}

const controller = new AgvController(
    { manufacturer, serialNumber },
    { interfaceName: "uagv", transport: { brokerUrl: broker }, vdaVersion: "2.0.0" },
    { agvAdapterType: VirtualAgvAdapter },
    {
        initialPosition: { mapId, x: Number(x), y: Number(y), theta: Number(theta), lastNodeId },
        initialBatteryCharge: 95,
        timeLapse: Number(timeLapse),
    },
);

async function main() {
    await controller.start();
    console.log("ready");
    for (const signal of ["SIGTERM", "SIGINT"]) {
        process.once(signal, async () => {
            await controller.stop();
            process.exit(0);
        });
    }
}

main().catch(error => {
    console.error(error.message);
    process.exit(1);
});
