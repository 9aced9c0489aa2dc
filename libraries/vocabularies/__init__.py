"""The programme's vocabularies: the codes that forms and needs share, and what people call them."""
