module github.com/install-or-defer/install-or-defer

go 1.26
