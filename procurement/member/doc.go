// Package member answers for who belongs to a company's establishment: who asks to
// join and is accepted or refused, who administers, who leaves and is removed.
//
// Each act changes a membership, which is account's; under the lock of its
// establishment, which is org's; and moves the watches of whoever comes or goes, which
// are watch's; all in one transaction, or a watch would be lost between two owners.
// Neither account nor org knows watches, which come later, and who belongs somewhere is
// no business of watch's: hence a room of its own, after all three. Its own tables are
// those of invitations and disputes.
//
// An invitation is an administrator's acceptance given beforehand, to an address: it
// dies when whoever gave it administers no more. A dispute is for the operator: somebody
// whom an establishment has not let in says that its administrator should not be.
//
// A person may belong to several establishments. What they may do under one membership
// adds nothing to what they may do under another: see Under.
//
// An establishment that has people has an administrator: the last one can neither
// leave, nor become a plain user, nor be removed. The lock makes it true of acts done
// at once, because each reads the people again once it holds it, its own actor first.
//
// The room records facts; alert/ says who is told of them.
package member
