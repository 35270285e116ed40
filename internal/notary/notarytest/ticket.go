package notarytest

import (
	"encoding/json"
	"net/http"
)

// ticket answers a lookup, for each of its records.
func (s *Server) ticket(w http.ResponseWriter, r *http.Request) {
	var asked struct {
		Records []struct{ RecordName string }
	}
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil || len(asked.Records) == 0 {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(map[string]string{"serverErrorCode": "BAD_REQUEST", "reason": "BadRequestException: records are missing"})
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	missing := s.missing > 0
	if missing {
		s.missing--
	}
	var records []map[string]any
	for _, record := range asked.Records {
		if missing {
			records = append(records, map[string]any{"recordName": record.RecordName, "reason": "Record not found", "serverErrorCode": "NOT_FOUND"})
			continue
		}
		records = append(records, map[string]any{
			"recordName": record.RecordName, "recordType": "DeveloperIDTicket", "deleted": false,
			"fields": map[string]any{"signedTicket": map[string]any{"type": "BYTES", "value": TicketOf(record.RecordName)}},
		})
	}
	say(w, map[string]any{"records": records})
}
