import Acts
import JSON

/// A list of containers as a client asks for it, evaluated as engines do (moby, daemon/list.go).
package struct ContainerQuery: Sendable {
    /// The version in which it is asked.
    package let version: APIVersion
    private let showsAll: Bool
    /// The most entries; 0 for all.
    private let limit: Int64
    private let filters: FilterArguments
    private let published: [PortRange]
    private let exposed: [PortRange]

    /// Reads the target of a request for a list; nil when the engine is to be asked: it is another
    /// request, or asks for what is not known here, or for what the engine refuses in its own words.
    ///
    /// - Parameter target: A target in canonical form, with a version.
    package init?(target: String) {
        let call: Call
        do {
            call = try Call("GET", target)
        } catch {
            return nil
        }
        guard call.operation.name == "ContainerList", let version = call.version,
            call.query.value("size") != "1",
            let filters = FilterArguments(call.query.value("filters")),
            let published = Self.ports(filters["publish"]),
            let exposed = Self.ports(filters["expose"])
        else { return nil }
        self.version = version
        self.filters = filters
        self.published = published
        self.exposed = exposed
        showsAll = call.query.value("all") == "1" || filters.contains("status")
        limit = Int64(call.query.value("limit")) ?? 0
        guard filters.keys.isSubset(of: Self.known),
            filters["status"].allSatisfy(Self.states.contains),
            filters["health"].allSatisfy(Self.healths.contains),
            filters["exited"].allSatisfy({ Int32($0) != nil }),
            filters["name"].allSatisfy({ ListedName($0) != nil }),
            filters["id"].allSatisfy(Self.isHexadecimal),
            filters["before"].count < 2, filters["since"].count < 2
        else { return nil }
    }

    private static let known: Set<String> = [
        "before", "exited", "expose", "health", "id", "label", "name", "network", "publish",
        "since", "status", "volume",
    ]
    private static let states: Set<String> = [
        "created", "dead", "exited", "paused", "removing", "restarting", "running",
    ]
    private static let healths: Set<String> = ["healthy", "none", "starting", "unhealthy"]

    private static func isHexadecimal(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.allSatisfy { 0x30...0x39 ~= $0 || 0x61...0x66 ~= $0 }
    }

    /// `80`, `80/udp`, `8000-8010/tcp`; nil for what engines may read otherwise.
    private static func ports(_ values: [String]) -> [PortRange]? {
        var ports: [PortRange] = []
        for value in values {
            let parts = value.split(separator: "/", omittingEmptySubsequences: false)
            let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
                .map { $0.utf8.allSatisfy { 0x30...0x39 ~= $0 } ? UInt16($0) : nil }
            let type = parts.count > 1 ? String(parts[1]) : "tcp"
            guard parts.count < 3, ["tcp", "udp", "sctp"].contains(type), ends.count < 3,
                let first = ends[0], let last = ends[ends.count - 1], first <= last
            else { return nil }
            ports.append(PortRange(ports: Int64(first)...Int64(last), type: type))
        }
        return ports
    }

    // MARK: Answering

    /// True when a container may be in the answer, whatever becomes of it: labels never change.
    package func mayShow(_ row: ContainerRow) -> Bool {
        filters.matchesPairs("label", row.labels)
    }

    /// The containers of the answer, in its order.
    ///
    /// - Parameter rows: All containers, newest first.
    /// - Returns: nil when the engine is to be asked.
    package func select(_ rows: [ContainerRow]) -> [ContainerRow]? {
        let candidates = rows.filter(mayShow)
        guard candidates.allSatisfy(\.isSure) else { return nil }
        var isBefore = true
        var before: ContainerRow?
        var since: ContainerRow?
        if let text = filters["before"].first {
            guard let row = Self.only(text, rows) else { return nil }
            before = row
            isBefore = false
        }
        if let text = filters["since"].first {
            guard let row = Self.only(text, rows) else { return nil }
            since = row
        }
        let ids = self.ids(rows)
        var selected: [ContainerRow] = []
        // Neighbours are looked for among all: they need not be shown themselves.
        for row in before == nil && since == nil ? candidates : rows {
            guard isBefore else {
                isBefore = row === before
                continue
            }
            if row === since { break }
            if limit > 0, selected.count == limit { break }
            guard row.isRunning || showsAll || limit > 0, ids?.contains(row.id) ?? true,
                shows(row)
            else { continue }
            selected.append(row)
        }
        return selected
    }

    /// The containers that ids mean: an id, or the beginning of no other.
    private func ids(_ rows: [ContainerRow]) -> Set<String>? {
        guard filters.contains("id") else { return nil }
        var found: Set<String> = []
        for id in filters["id"] {
            let meant = rows.filter { $0.id.hasPrefix(id) }
            if meant.count == 1 { found.formUnion(meant.map(\.id)) }
        }
        return found
    }

    private static func only(_ text: String, _ rows: [ContainerRow]) -> ContainerRow? {
        let name = text.hasPrefix("/") ? text : "/" + text
        let found = rows.filter { $0.id == text || $0.name == name }
        return found.count == 1 ? found[0] : nil
    }

    private func shows(_ row: ContainerRow) -> Bool {
        mayShow(row)
            && (!filters.contains("name")
                || filters["name"].contains { ListedName($0)?.matches(row.name) ?? false })
            && filters.isExactly("status", row.state)
            && filters.isExactly("health", row.health)
            && hasExited(row) && mounts(row) && joins(row) && hasPort(row)
    }

    private func hasExited(_ row: ContainerRow) -> Bool {
        guard filters.contains("exited") else { return true }
        return !row.isRunning && row.hasStarted
            && filters["exited"].contains { Int64($0) == row.exitCode }
    }

    private func mounts(_ row: ContainerRow) -> Bool {
        guard filters.contains("volume") else { return true }
        return (row.value["Mounts"]?.array ?? []).contains { mount in
            let name = mount["Name"]?.string ?? ""
            let places = [
                name.isEmpty ? mount["Source"]?.string : name, mount["Destination"]?.string,
            ]
            return places.contains { place in
                filters["volume"].contains { Spelling.isSame($0, place ?? "") }
            }
        }
    }

    private func joins(_ row: ContainerRow) -> Bool {
        guard filters.contains("network") else { return true }
        let networks = row.value["NetworkSettings"]?["Networks"]?.object?.members ?? []
        return filters["network"].contains { wanted in
            networks.contains { network in
                Spelling.isSame(network.name, wanted)
                    || (network.value["NetworkID"]?.string ?? "").hasPrefix(wanted)
            }
        }
    }

    private func hasPort(_ row: ContainerRow) -> Bool {
        guard filters.contains("publish") || filters.contains("expose") else { return true }
        return (row.value["Ports"]?.array ?? []).contains { port in
            let type = port["Type"]?.string ?? ""
            let outside = port["PublicPort"]?.int64 ?? 0
            let inside = port["PrivatePort"]?.int64 ?? 0
            return published.contains { $0.holds(outside, type) }
                || exposed.contains { $0.holds(inside, type) }
        }
    }
}

/// Ports of a protocol, as filters give them: kept as they are, whatever they span.
private struct PortRange: Sendable {
    let ports: ClosedRange<Int64>
    let type: String

    func holds(_ port: Int64, _ type: String) -> Bool {
        ports.contains(port) && self.type == type
    }
}

/// A pattern for names, as far as it means the same to everybody: letters, digits, `_`, `-` and `/`
/// stand for themselves, `.` for any character, and it may be anchored at either end.
struct ListedName: Sendable {
    private let text: [UInt8]
    private let atStart: Bool
    private let atEnd: Bool

    /// Reads a pattern; nil for one that is more than that.
    init?(_ pattern: String) {
        var bytes = Array(pattern.utf8)
        atStart = bytes.first == UInt8(ascii: "^")
        if atStart { bytes.removeFirst() }
        atEnd = bytes.last == UInt8(ascii: "$")
        if atEnd { bytes.removeLast() }
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x5F, 0x2D, 0x2F, 0x2E: true
            default: false
            }
        }
        guard isPlain else { return nil }
        text = bytes
    }

    /// True when it is found in a container's name, with or without the slash before it.
    func matches(_ name: String) -> Bool {
        let bytes = Array(name.utf8)
        return isFound(in: bytes[...]) || (bytes.first == 0x2F && isFound(in: bytes.dropFirst()))
    }

    private func isFound(in name: ArraySlice<UInt8>) -> Bool {
        guard name.count >= text.count else { return false }
        let last = name.count - text.count
        if atStart, atEnd, last > 0 { return false }
        let places = atStart ? 0...0 : atEnd ? last...last : 0...last
        return places.contains { place in
            let start = name.startIndex + place
            return zip(text, name[start..<start + text.count]).allSatisfy { wanted, byte in
                wanted == UInt8(ascii: ".") || wanted == byte
            }
        }
    }
}
