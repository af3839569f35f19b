import Acts
import EngineAPI
import JSON
import NIOCore
import Synchronization
import Wire

/// How an inventory is brought up to date with what is marked.
extension InventoryKeeper {
    /// Asks about what is marked and not being asked about, as far as there is room.
    func askForMarked() {
        let open = inventory.state.withLock { state in
            state.source == nil ? [:] : state.marks.filter { asked[$0.key] == nil }
        }
        for (key, mark) in open {
            if key == Inventory.everything {
                compare()
                continue
            }
            guard asked.count < Self.mostAsked else { break }
            asked[key] = mark.number
            inspect(key, mark.number)
        }
    }

    // MARK: One by one

    /// Inspects what a mark means. An engine answers once whoever changes the container has let go of
    /// it, so that the list which follows shows the change.
    private func inspect(_ key: String, _ number: UInt64) {
        let life = self.life
        guard Name.isValid(key, for: .container) else { return settle([(key, number)], [:]) }
        let begun = Self.now()
        EngineCall.make(pool, .get, "\(prefix)/containers/\(key)/json") { result in
            guard life == self.life else { return }
            switch result {
            case .failure: self.askAgain(key)
            case .success(let answer) where answer.head.status == 404:
                self.forget(key, number)
            case .success(let answer):
                let value = answer.head.status == 200 ? answer.json : nil
                let id = value?["Id"]?.string ?? (Inventory.isID(key) ? key : nil)
                guard let id else { return self.forget(key, number) }
                value.map { self.pool.watch?.learn(id, $0, asked: begun) }
                self.inspected.append(Inspected(id: id, value: value, key: key, number: number))
                self.touchOthers(key, id)
                self.listInspected()
            }
        }
    }

    /// A name, or the beginning of an id, may have meant another container before.
    private func touchOthers(_ key: String, _ id: String?) {
        guard !Inventory.isID(key) else { return }
        let others = inventory.state.withLock { $0.table.meant(by: key).map(\.id) }
        inventory.touch(others.filter { $0 != id })
    }

    /// There is no such container.
    private func forget(_ key: String, _ number: UInt64) {
        if Inventory.isID(key) {
            inventory.state.withLock { $0.table.remove(key) }
            return settle([(key, number)], [:])
        }
        let others = inventory.state.withLock { state -> [String: UInt64] in
            let others = state.table.meant(by: key).map(\.id)
            for other in others { Inventory.mark(other, &state) }
            return numbers(of: others, state)
        }
        settle([(key, number)], others)
    }

    private func numbers(of keys: [String], _ state: Inventory.State) -> [String: UInt64] {
        Dictionary(keys.compactMap { key in state.marks[key].map { (key, $0.number) } }) { $1 }
    }

    /// The engine does not answer; the mark stands, and whoever asks for a list asks the engine.
    private func askAgain(_ key: String) {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        let life = self.life
        pool.eventLoop.scheduleTask(in: .seconds(1)) {
            guard life == bound.value.life else { return }
            bound.value.asked[key] = nil
            bound.value.askForMarked()
        }
    }

    /// Lists what was inspected, all of it at once while another list is under way.
    private func listInspected() {
        guard !isListing, !inspected.isEmpty else { return }
        isListing = true
        let batch = Array(inspected.prefix(64))
        inspected.removeFirst(batch.count)
        list(Array(Set(batch.map(\.id)))) { listed in
            self.isListing = false
            if let listed {
                self.put(batch, listed)
            } else {
                for entry in batch { self.askAgain(entry.key) }
            }
            self.listInspected()
        }
    }

    private func put(_ batch: [Inspected], _ listed: Listed) {
        let items = Dictionary(
            listed.items.compactMap { item in item["Id"]?.string.map { ($0, item) } }
        ) { $1 }
        var done: [(String, UInt64)] = []
        for entry in batch {
            let row = items[entry.id].flatMap { ContainerRow($0, entry.value, seen: listed.seen) }
            inventory.state.withLock { state in
                if !listed.isWhole { state.isWhole = false }
                if let row { state.table.put(row) } else { state.table.remove(entry.id) }
            }
            // What has moved between the look and the list is looked at again, if no event says so
            // before.
            if let row, !row.isSure, entry.value != nil {
                askAgain(entry.key)
            } else {
                done.append((entry.key, entry.number))
            }
        }
        settle(done, [:])
    }

    /// Marks are answered, unless they were set anew meanwhile; who waits for them may go on.
    ///
    /// - Parameters:
    ///   - done: The keys, and the numbers of the marks that were answered.
    ///   - more: What is to be waited for in their place.
    func settle(_ done: [(key: String, number: UInt64)], _ more: [String: UInt64]) {
        for (key, _) in done { asked[key] = nil }
        let ready = inventory.state.withLock { state in
            for (key, number) in done where state.marks[key]?.number == number {
                state.marks[key] = nil
            }
            var ready: [(Inventory.Waiter, Inventory.List?)] = []
            for (place, var waiter) in state.waiters {
                for (key, number) in done where waiter.needs[key].map({ $0 <= number }) ?? false {
                    waiter.needs[key] = nil
                    waiter.needs.merge(more) { max($0, $1) }
                }
                if waiter.needs.isEmpty {
                    state.waiters[place] = nil
                    let source = state.isWhole ? state.source : nil
                    let list = source.flatMap { Inventory.list(waiter.query, state.table, $0) }
                    ready.append((waiter, list))
                } else {
                    state.waiters[place] = waiter
                }
            }
            return ready
        }
        for (waiter, list) in ready { waiter.answer(list) }
        askForMarked()
    }

    // MARK: Everything

    /// Lists everything, and asks anew for what differs from what is known.
    func compare() {
        guard !isComparing, inventory.state.withLock({ $0.source != nil }) else { return }
        guard .now() >= restsUntil else { return rest() }
        isComparing = true
        lastComparison = .now()
        let number = inventory.state.withLock { $0.marks[Inventory.everything]?.number ?? 0 }
        list { listed in
            self.isComparing = false
            guard let listed else { return self.compareAgain() }
            let others = self.inventory.state.withLock { state in
                state.isWhole = listed.isWhole
                let others = Self.differences(listed.items, state.table)
                for id in others { Inventory.mark(id, &state) }
                return self.numbers(of: others, state)
            }
            self.settle([(Inventory.everything, number)], others)
        }
    }

    private func rest() {
        guard !isResting else { return }
        isResting = true
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        pool.eventLoop.scheduleTask(deadline: restsUntil) {
            bound.value.isResting = false
            bound.value.askForMarked()
        }
    }

    private static func differences(_ items: [JSONValue], _ table: ContainerTable) -> [String] {
        var others = table.ids
        for item in items {
            guard let id = item["Id"]?.string else { continue }
            if table[id]?.isSame(as: item) == true { others.remove(id) } else { others.insert(id) }
        }
        return Array(others)
    }

    private func compareAgain() {
        let bound = NIOLoopBound(self, eventLoop: pool.eventLoop)
        let life = self.life
        pool.eventLoop.scheduleTask(in: .seconds(1)) {
            guard life == bound.value.life else { return }
            bound.value.compare()
        }
    }
}
