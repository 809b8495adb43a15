package org

// BuyerChange is the kind of the change log's lines about the register of buyers, for
// the rooms that follow it: their subject is ids, joined by commas.
const BuyerChange = buyerChange
