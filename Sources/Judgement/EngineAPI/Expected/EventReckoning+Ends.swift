/// How requests end, and what they explain no more.
extension EventReckoning {
    /// The most events of a request that are looked at again when it turns out to be refused.
    static let mostExplained = 1024

    /// A request has ended. What it cannot have done it explains no more, and what it has explained of
    /// that waits for another explanation.
    ///
    /// - Parameters:
    ///   - token: What `begin` has returned.
    ///   - end: How it has ended.
    ///   - now: The time.
    /// - Returns: How many events it explained wrongly that cannot be looked at again: they came too long
    ///   ago, so that what else explains them may be forgotten, or were too many.
    @discardableResult
    package mutating func end(_ token: UInt64, _ end: RequestEnd, at now: Int64) -> Int {
        guard let request = requests[token], request.ends == nil else { return 0 }
        var dropped = 0
        var left = request.expected
        if left.takeBack(end) {
            requests[token]?.expected = left
            requests[token]?.ends = now + (end == .left ? left.echo : Self.echo)
            requests[token]?.explained = []
            requests[token]?.surplus = [:]
        } else {
            left.expectations = []
            forget(token)
            condemnSteps(of: token)
        }
        for item in request.explained where !left.allow(item.event) {
            guard request.expected.isPrune || now - item.arrived < 2 * Self.hold else {
                dropped += 1
                continue
            }
            let id = item.event.id
            if item.event.type == "container", item.event.verb == "create",
                let made = request.expected.makes, traits[id] == made
            {
                traits[id] = nil
            }
            holdAgain(item)
        }
        for (item, count) in request.surplus.values where !left.allow(item.event) {
            dropped += count
        }
        return dropped
    }

    /// Notes what a request has explained while it is under way.
    mutating func note(_ item: Held, explainedBy token: UInt64) {
        guard let request = requests[token], request.ends == nil else { return }
        if request.explained.count < Self.mostExplained {
            requests[token]?.explained.append(item)
        } else {
            let kind = item.event.type + " " + item.event.verb
            requests[token]?.surplus[kind, default: (item, 0)].count += 1
        }
    }

    /// Lets an event wait for another explanation.
    mutating func holdAgain(_ item: Held) {
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
