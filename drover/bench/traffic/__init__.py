"""`drover bench traffic`: any traffic policy driven through the executed movement model, watched by an independent checker."""
