package jamftest

// SkipNumbers makes the next category, group, package and script have these numbers.
func (s *Server) SkipNumbers(category, group, pkg, script int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.categories.last, s.groups.last, s.packages.last, s.scripts.last = category-1, group-1, pkg-1, script-1
}
