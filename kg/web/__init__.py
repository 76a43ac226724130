"""What a person sees: the page of a case (and, beside it, the server and the workbench)."""
