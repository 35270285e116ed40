package notarytest

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"time"
)

// checkToken says what is wrong with a token, and nothing if it is good.
func (s *Server) checkToken(authorization string) string {
	token, ok := strings.CutPrefix(authorization, "Bearer ")
	parts := strings.Split(token, ".")
	if !ok || len(parts) != 3 {
		return "there is no bearer token"
	}
	var header struct{ Alg, Kid, Typ string }
	var claims map[string]any
	if !decodePart(parts[0], &header) || !decodePart(parts[1], &claims) {
		return "the token is not in its form"
	}
	if header.Alg != "ES256" || header.Typ != "JWT" {
		return "the token is of another type"
	}
	if header.Kid != s.KeyID {
		return "the key is not known"
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	if err != nil || len(signature) != 64 {
		return "the signature is not in its form"
	}
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if !ecdsa.Verify(&s.key.PublicKey, sum[:], new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])) {
		return "the signature is wrong"
	}
	return s.checkClaims(claims)
}

func (s *Server) checkClaims(claims map[string]any) string {
	issued, expires := claimTime(claims["iat"]), claimTime(claims["exp"])
	switch {
	case s.Issuer != "" && claims["iss"] != s.Issuer:
		return "the issuer is not known"
	case s.Issuer == "" && (claims["iss"] != nil || claims["sub"] != "user"):
		return "the key is that of a person"
	case claims["aud"] != "appstoreconnect-v1":
		return "the token is for somebody else"
	case issued.IsZero() || issued.After(s.now()):
		return "the token is from the future"
	case !expires.After(s.now()):
		return "the token has expired"
	case expires.Sub(s.now()) > 20*time.Minute || expires.Sub(issued) > 20*time.Minute:
		return fmt.Sprintf("the token lives too long: until %v", expires.UTC())
	}
	return ""
}

func claimTime(claim any) time.Time {
	seconds, ok := claim.(float64)
	if !ok {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0)
}

func decodePart(part string, to any) bool {
	data, err := base64.RawURLEncoding.DecodeString(part)
	return err == nil && json.Unmarshal(data, to) == nil
}
