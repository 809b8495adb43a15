// Parvis is a free profil d'acheteur: the platform on which French public buyers
// run their calls for competition and companies find them, are told of them, ask
// and answer. `go run . demo` shows the whole product.
package main

import (
	"os"

	"parvis/cmd"
)

func main() {
	os.Exit(cmd.Run(os.Args[1:], cmd.Std{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
}
