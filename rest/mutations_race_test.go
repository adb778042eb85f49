//go:build race

package rest

// mutations is the number of random changes of each endpoint. The race detector needs only a sample.
const mutations = 150
