"""The edge node: robot twins, VDA 5050 master control, missions, traffic; it goes on when the cloud is gone."""
