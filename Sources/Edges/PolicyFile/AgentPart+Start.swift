/// What an agent takes of its configuration when it starts, and not when it reads it anew.
extension AgentPart {
    /// What says something else now than when the agent started.
    ///
    /// - Parameter old: What it has started with.
    /// - Returns: A sentence without its end for each: `listen is "tls://10.0.0.8:2377" now and was nothing`.
    package func changesForStart(since old: AgentPart) -> [String] {
        let values: [(String, String?, String?)] = [
            ("socket", socket, old.socket),
            ("peer", peer.map { "\($0)" }, old.peer.map { "\($0)" }),
            ("execRoot", execRoot, old.execRoot), ("helper", helper, old.helper),
            ("listen", link?.at.text, old.link?.at.text),
        ]
        func shown(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "nothing" }
        return values.compactMap { name, now, before in
            now == before ? nil : "\(name) is \(shown(now)) now and was \(shown(before))"
        }
    }
}
