package refdata

// ProcedureTypes gives all procedure types.
func ProcedureTypes() []ProcedureType {
	var all []ProcedureType
	for _, p := range procedureTypes {
		all = append(all, p.value)
	}
	return all
}
