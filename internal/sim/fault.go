package sim

import (
	"strings"

	"github.com/install-or-defer/install-or-defer/internal/macos"
)

// half cuts what a tool has printed in its middle, which is seldom the end of a line.
func half(out macos.Output) macos.Output {
	out.Stdout, out.Stderr = out.Stdout[:len(out.Stdout)/2], out.Stderr[:len(out.Stderr)/2]
	return out
}

// foreign translates what a tool has printed, word by word, as a system might that is set to German.
func foreign(out macos.Output) macos.Output {
	words := strings.NewReplacer(
		"Software Update found the following new or updated software", "Softwareupdate hat die folgende neue oder aktualisierte Software gefunden",
		"Software Update Tool", "Softwareupdate-Programm", "No new software available", "Keine neue Software verfügbar",
		"Finding available software", "Verfügbare Software wird gesucht", "Label", "Etikett", "Title", "Titel", "Size", "Größe",
		"Recommended", "Empfohlen", "recommended", "empfohlen", "Action", "Aktion", "restart", "Neustart", "shut down", "Ausschalten",
		"Deferred", "Aufgeschoben", "YES", "JA", "Yes", "Ja", "Downloading", "Laden von", "Downloaded", "Geladen", "Installing", "Installieren von",
		"Installed", "Installiert", "Done", "Fertig", "No updates are available", "Keine Updates verfügbar", "button returned", "gedrückte Taste",
		"gave up", "aufgegeben", "User canceled", "Vom Benutzer abgebrochen", "FileVault is On", "FileVault ist aktiviert",
		"in progress", "läuft", "true", "wahr", "false", "falsch", "TRUE", "WAHR", "FALSE", "FALSCH", "Name", "Benutzer", "Battery", "Batterie",
		"Power", "Strom", "Available", "Verfügbar", "Could not", "Konnte nicht", "sec", "Sek", "Version", "Fassung",
	)
	out.Stdout, out.Stderr = words.Replace(out.Stdout), words.Replace(out.Stderr)
	return out
}
