package import Acts
import JSON

/// Narrows an answer that lists what the whole engine holds, item by item while it passes: however much
/// others have, no more than one item is kept.
package struct ListSieve: Sendable {
    /// What is listed.
    package enum Kind: Hashable, Sendable {
        /// `GET /images/json`: a list of images.
        case images
        /// `GET /system/df`: an object that holds lists.
        case dataUsage
        /// A list of another kind; that of volumes is an object that holds it.
        case objects(ObjectKind)

        /// What is shown of the object, in this order where the engine leaves it out; empty when the
        /// answer is a list itself.
        var lists: [String] {
            switch self {
            case .images: []
            case .dataUsage: ["Images", "Containers", "Volumes", "BuildCache"]
            case .objects(let kind): kind == .volume ? ["Volumes"] : []
            }
        }
    }

    /// The engine's answer is not what it should be.
    package struct Unreadable: Error, Hashable, Sendable {}

    /// Decides what is shown of an item: which list it stands in, "" for the only one.
    typealias Rule = (_ list: String, _ item: JSONObject) -> JSONValue?

    private enum State: Hashable {
        case start
        /// Within the object, before a name; true when a comma came before.
        case name(afterComma: Bool)
        /// After a name.
        case colon(String)
        /// Before the value of a name.
        case value(String)
        /// Within a list, before an item.
        case item(list: String, afterComma: Bool)
        /// After an item of a list.
        case afterItem(list: String)
        /// After a value of the object.
        case afterValue
        case end
    }

    /// What the value that is being collected is.
    private enum Collected: Hashable {
        case name
        case member(String)
        case item(list: String)
        /// A word in the place of the whole list.
        case whole
    }

    private let kind: Kind
    /// What the client's grant hides in each item.
    private let veil: Veil?
    private let images: ImageFilter
    /// The most items that are shown; nil for all.
    private var left: Int?
    /// Which names are asked for; nil for all.
    private let names: NameFilter?
    private var state = State.start
    private var collected: Collected?
    private var scanner = ValueScanner()
    private var bytes: [UInt8] = []
    private var isTooLong = false
    /// True when something was written in the list or object that is open.
    private var hasItems = false
    private var hasMembers = false
    private var seen: Set<String> = []

    /// The most bytes of an item; what is longer is left out.
    private static let longest = 1 << 20

    /// Makes a sieve.
    ///
    /// - Parameters:
    ///   - kind: What is listed.
    ///   - limit: The most items that are shown; nil for all.
    ///   - names: Which names are asked for; nil for all.
    ///   - veil: What the client's grant hides in each item.
    ///   - images: Which images are shown, by what the tenant calls them.
    package init(
        _ kind: Kind, limit: Int? = nil, named names: NameFilter? = nil, veil: Veil? = nil,
        images: ImageFilter = ImageFilter()
    ) {
        self.kind = kind
        self.names = names
        self.veil = veil
        self.images = images
        left = limit
    }

    /// Takes the next part of the answer.
    ///
    /// - Parameters:
    ///   - part: The bytes.
    ///   - tenant: Whose items are shown.
    ///   - owners: Whose things are.
    /// - Returns: What is shown of it.
    /// - Throws: `Unreadable`; what was returned before is the beginning of no answer then.
    package mutating func receive(
        _ part: [UInt8], showing tenant: String, seeing owners: Owners
    ) throws(Unreadable) -> [UInt8] {
        let kind = self.kind
        let names = self.names
        let images = self.images
        let rule: Rule = { list, item in
            switch (kind, list) {
            case (.images, _), (.dataUsage, "Images"):
                return ImageListView.narrow(item, tenant, owners.images, images)
            case (.dataUsage, "Containers"):
                return Self.narrow(.container, item, to: tenant, owners)
            case (.dataUsage, "Volumes"): return Self.narrow(.volume, item, to: tenant, owners)
            case (.objects(let kind), _):
                guard let shown = Self.narrow(kind, item, to: tenant, owners) else { return nil }
                return names?.matches(anyOf: shown, owners.names) == false ? nil : shown
            case (.dataUsage, _): return nil
            }
        }
        var output: [UInt8] = []
        var index = 0
        while index < part.count {
            if collected != nil {
                try collect(part, &index, rule, owners.names, &output)
            } else {
                try step(part[index], &output)
                // The first byte of a value belongs to it.
                if collected == nil { index += 1 }
            }
        }
        return output
    }

    private static func narrow(
        _ kind: ObjectKind, _ item: JSONObject, to tenant: String, _ owners: Owners
    ) -> JSONValue? {
        let sighting = Sighting(kind, of: .object(item))
        let isOwn = sighting.flatMap(owners.objects) == tenant
        if kind == .network, let sighting {
            return narrow(network: item, sighting, isOwn: isOwn, to: tenant, owners)
        }
        guard isOwn else { return nil }
        var item = OriginView.named(kind, item, owners.images)
        if kind == .volume { item = StampedLabel.hidden(in: item) }
        if kind == .container { item = ContainerView.namingNetwork(item, owners.networks) }
        // The name of any image of the same content stands there.
        item["ImageManifestDescriptor"] = item["ImageManifestDescriptor"].map(
            DescriptorView.unnamed)
        return .object(item)
    }

    private static func narrow(
        network: JSONObject, _ sighting: Sighting, isOwn: Bool, to tenant: String, _ owners: Owners
    ) -> JSONValue? {
        if isOwn {
            // What stands for the engine's default network is listed no more than that is.
            if TenantNetwork.isNamed(by: sighting.name, of: tenant) { return nil }
            return .object(NetworkMembers.own(network, of: tenant, owners))
        }
        guard owners.offered(sighting, tenant) else { return nil }
        return .object(NetworkMembers.offered(network, to: tenant, owners))
    }

    /// The engine has ended.
    ///
    /// - Throws: `Unreadable` when its answer has not.
    package func finish() throws(Unreadable) {
        guard state == .end, collected == nil else { throw Unreadable() }
    }

    // MARK: Between values

    private mutating func step(_ byte: UInt8, _ output: inout [UInt8]) throws(Unreadable) {
        if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { return }
        switch (state, byte) {
        case (.start, UInt8(ascii: "[")) where kind.lists.isEmpty: open(list: "", &output)
        // Engines say null where there are none.
        case (.start, UInt8(ascii: "n")) where kind.lists.isEmpty && kind != .images: begin(.whole)
        case (.start, UInt8(ascii: "{")) where !kind.lists.isEmpty:
            output.append(byte)
            state = .name(afterComma: false)
        case (.name, UInt8(ascii: "\"")): begin(.name)
        case (.name(false), UInt8(ascii: "}")), (.afterValue, UInt8(ascii: "}")): close(&output)
        case (.colon(let name), UInt8(ascii: ":")): state = .value(name)
        case (.value(let name), UInt8(ascii: "[")) where kind.lists.contains(name):
            begin(member: name, &output)
            open(list: name, &output)
        case (.value(let name), _): begin(.member(name))
        case (.item(let list, false), UInt8(ascii: "]")), (.afterItem(let list), UInt8(ascii: "]")):
            output.append(byte)
            state = list.isEmpty ? .end : .afterValue
        case (.item(let list, _), _): begin(.item(list: list))
        case (.afterItem(let list), UInt8(ascii: ",")):
            state = .item(list: list, afterComma: true)
        case (.afterValue, UInt8(ascii: ",")): state = .name(afterComma: true)
        default: throw Unreadable()
        }
    }

    private mutating func open(list: String, _ output: inout [UInt8]) {
        output.append(UInt8(ascii: "["))
        hasItems = false
        state = .item(list: list, afterComma: false)
    }

    private mutating func begin(member name: String, _ output: inout [UInt8]) {
        if hasMembers { output.append(UInt8(ascii: ",")) }
        hasMembers = true
        JSONWriter.append(.string(name), to: &output)
        output.append(UInt8(ascii: ":"))
    }

    /// Ends the object; clients expect each list, also where the engine says nothing.
    private mutating func close(_ output: inout [UInt8]) {
        let sizes = kind == .dataUsage ? ["LayersSize"] : []
        for name in sizes + kind.lists where !seen.contains(name) {
            begin(member: name, &output)
            output += Array(name == "LayersSize" ? "0".utf8 : "[]".utf8)
        }
        output.append(UInt8(ascii: "}"))
        state = .end
    }

    // MARK: Values

    private mutating func begin(_ collected: Collected) {
        self.collected = collected
        scanner = ValueScanner()
        bytes = []
        isTooLong = false
    }

    private mutating func collect(
        _ part: [UInt8], _ index: inout Int, _ rule: Rule, _ retelling: Retelling?,
        _ output: inout [UInt8]
    ) throws(Unreadable) {
        let start = index
        let hasEnded = scanner.scan(part, from: &index)
        if !isTooLong, bytes.count + index - start <= Self.longest {
            bytes += part[start..<index]
        } else {
            isTooLong = true
            bytes = []
        }
        guard hasEnded, let collected else { return }
        self.collected = nil
        switch collected {
        case .name:
            guard let name = try value()?.string, seen.insert(name).inserted else {
                throw Unreadable()
            }
            state = .colon(name)
        case .member(let name):
            state = .afterValue
            let value = try value()
            if name == "LayersSize", kind == .dataUsage {
                begin(member: name, &output)
                JSONWriter.append(value?.int64 == nil ? .integer(0) : value ?? .null, to: &output)
            } else if kind.lists.contains(name) {
                guard value == .null else { throw Unreadable() }
                begin(member: name, &output)
                output += Array("[]".utf8)
            }
        case .whole:
            guard try value() == .null else { throw Unreadable() }
            output += Array("[]".utf8)
            state = .end
        case .item(let list):
            state = .afterItem(list: list)
            // An object that cannot be read is left out: it may be anybody's, and is no reason to show
            // nobody anything.
            if isTooLong { return }
            guard bytes.first == UInt8(ascii: "{") else { throw Unreadable() }
            guard let object = (try? value())?.object else { return }
            guard left != 0, let shown = rule(list, object) else { return }
            left = left.map { $0 - 1 }
            if hasItems { output.append(UInt8(ascii: ",")) }
            hasItems = true
            let veiled = veil?.show(shown) ?? shown
            guard let retelling else { return JSONWriter.append(veiled, to: &output) }
            output += retelling.told(JSONWriter.bytes(veiled))
        }
    }

    /// The value that was collected; nil when it was too long.
    private func value() throws(Unreadable) -> JSONValue? {
        if isTooLong { return nil }
        do {
            return try JSONReader.answer(bytes)
        } catch {
            throw Unreadable()
        }
    }
}
