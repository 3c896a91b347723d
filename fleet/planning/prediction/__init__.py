"""Traffic prediction: delays of edges over the next minutes, learnt from the site's own history and its plans in hand."""
