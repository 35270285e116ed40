// Package rollout makes a Jamf Pro server hold what an administrator has declared, step by step, and tells how the Macs
// are doing.
//
// A [Rollout] is one deployment on one server. [Rollout.Plan] reads the server and lists what differs from the
// declaration, in the fields that are declared and no others. [Rollout.Apply] carries a plan out, in an order in which
// nothing refers to what is not there yet, and believes no write before the server shows it. A second plan is empty.
// Widening a rollout ([Rollout.Stage]), stopping it ([Rollout.Rollback]) and taking everything away ([Rollout.Destroy])
// are steps of their own, since none of them should happen by itself.
//
// What it holds to:
//
//   - Objects are known by their names. A name that leads to none, to several, or to one that differs by case is refused
//     in the plan, before anything is written. Numbers are remembered in a [State] only.
//   - What others have made stays: objects, groups in a scope, exclusions, limitations, packages of a policy, settings of
//     an object that are not declared. An object that was there before is not changed unless that is asked for, and never
//     deleted.
//   - Nothing is turned on by itself but what was made here and never turned on yet, and after a rollback nothing at all. A
//     policy that somebody has turned off stays off, and a rollout that was widened is not narrowed.
//   - A file that Macs know by its name is never replaced. A new version is a new package, and the policy is switched to
//     it when the server says that it is there.
//   - A profile is written only when its settings differ, since each write goes to every Mac, and it keeps the identity
//     that the server gave it, since Macs would otherwise have two.
//   - The state is saved before a request that creates something, and again after it. So whoever is interrupted goes on,
//     and what was made can be told from what was found.
//
// How Macs are doing comes from the inventory, read page by page and counted, never held: see [Rollout.Status]. A Mac of
// which it is not known that it has all its updates is not compliant.
package rollout
