{{selects}}
