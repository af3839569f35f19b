/// Names for containers that a tenant does not name: the engine's would not be the tenant's alone.
package enum GivenName {
    private static let traits = [
        "able", "agile", "amber", "bold", "brave", "bright", "brisk", "calm", "civil", "clear",
        "crisp", "deft", "eager", "early", "fair", "fleet", "fond", "frank", "gentle", "glad",
        "grand", "hale", "handy", "hardy", "keen", "kind", "lively", "loyal", "lucid", "merry",
        "mild", "modest", "neat", "nimble", "noble", "patient", "plain", "proud", "prompt", "quick",
        "quiet", "rapid", "ready", "robust", "sage", "serene", "sharp", "silent", "smart", "sober",
        "solid", "sound", "spry", "steady", "stout", "sturdy", "sunny", "swift", "tidy", "trim",
        "true", "vivid", "warm", "wise",
    ]
    private static let things = [
        "anchor", "barge", "beacon", "berth", "bollard", "bow", "breeze", "bridge", "brig", "buoy",
        "cable", "canal", "canvas", "cargo", "chart", "clipper", "coast", "compass", "cove",
        "crane", "cutter", "deck", "dinghy", "dock", "ferry", "galley", "gangway", "gull",
        "halyard",
        "harbour", "hawser", "helm", "hull", "jetty", "keel", "ketch", "lagoon", "lantern",
        "ledger",
        "lighter", "lock", "mast", "mooring", "oar", "pennant", "pier", "pilot", "port", "prow",
        "quay", "reef", "rigging", "rudder", "sail", "schooner", "shoal", "sloop", "stern",
        "strait",
        "tide", "tiller", "tug", "wharf", "winch",
    ]

    /// A name: `calm_harbour`.
    ///
    /// - Parameters:
    ///   - number: A random number.
    ///   - attempt: How many names before it were taken.
    /// - Returns: The name; from the second attempt on with a number behind it.
    package static func make(from number: UInt64, attempt: Int) -> String {
        let trait = traits[Int(number % UInt64(traits.count))]
        let thing = things[Int(number / UInt64(traits.count) % UInt64(things.count))]
        return "\(trait)_\(thing)" + (attempt == 0 ? "" : "\(attempt)")
    }
}
