//go:build !race

package rest

// mutations is the number of random changes of each endpoint.
const mutations = 2000
