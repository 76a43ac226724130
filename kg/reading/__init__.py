"""Text → case. One question a module, asked in its first line; this is where each stands on the way of a document.

- the text:       text mending detection sections blocks
- its tables:     tables reader vocabulary compilation
- names:          mentions acronyms wordorder spelling surroundings grounding terminologies
- qualifiers:     context cues enumerations
- figures:        quantities sizes
- time:           dates datewords years relative distances reckoning openings stay story timeline events contradictions
- places, codes:  sites coding codedplaces codedwords codedwordrules composites
- test results:   results markers markerlists markersigns resultwords molecular molecularwords genes alterations changes
- treatments:     treatments drugwords clauses schedules assays regimens together plans planwords responses adverse
- diagnoses:      diagnoses entities conclusions verdicts replacements successions revisions evidence grounds
- one case:       observed statements patient merging assembly
- asked of it:    show explain asked eds
"""
