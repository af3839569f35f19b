/// How requests end, and what they explain no more.
extension EventReckoning {
    /// The most events of a request that are looked at again when it turns out to be refused.
    private static let mostExplained = 64

    /// A request has ended. What it cannot have done it explains no more, and what it has explained of
    /// that waits for another explanation.
    ///
    /// - Parameters:
    ///   - token: What `begin` has returned.
    ///   - end: How it has ended.
    ///   - now: The time.
    package mutating func end(_ token: UInt64, _ end: RequestEnd, at now: Int64) {
        guard let request = requests[token], request.ends == nil else { return }
        var left = request.expected
        if left.takeBack(end) {
            requests[token]?.expected = left
            requests[token]?.ends = now + (end == .left ? left.echo : Self.echo)
            requests[token]?.explained = []
        } else {
            left.expectations = []
            forget(token)
        }
        for item in request.explained where !left.allow(item.event) {
            // What has explained it otherwise may be forgotten: a request that was refused so late is
            // believed.
            guard now - item.moment < 2 * Self.hold else { continue }
            holdAgain(item, of: request)
        }
    }

    /// Notes what a request has explained while it is under way.
    mutating func note(_ item: Held, explainedBy token: UInt64) {
        guard let request = requests[token], request.ends == nil,
            request.explained.count < Self.mostExplained
        else { return }
        requests[token]?.explained.append(item)
    }

    private mutating func holdAgain(_ item: Held, of request: Request) {
        let id = item.event.id
        if item.event.type == "container", item.event.verb == "create",
            let made = request.expected.makes, traits[id] == made
        {
            traits[id] = nil
        }
        let place = held.firstIndex { $0.arrived > item.arrived } ?? held.endIndex
        held.insert(item, at: place)
    }

    /// Forgets a request.
    mutating func forget(_ token: UInt64) {
        guard let request = requests.removeValue(forKey: token) else { return }
        for place in request.expected.places {
            places[place]?.remove(token)
            if places[place]?.isEmpty == true { places[place] = nil }
        }
    }
}
