package import Acts

/// What an engine says of images under names that the client did not give, told with its own.
package struct ImageTelling: Hashable, Sendable {
    private struct Pair: Hashable {
        let said: [UInt8]
        let told: [UInt8]
    }

    private var pairs: [Pair] = []
    /// What is told in the place of anchors, by all that follows their host: however many there are, each
    /// is found at once.
    private var anchors: [[UInt8]: [UInt8]] = [:]
    /// What nothing is told of, by all that follows the host.
    private var untold: Set<[UInt8]> = []

    /// How every anchor begins.
    private static let beginning = Array((ImageAnchor.host + "/").utf8)
    /// The digits of an anchor.
    private static let digits = 32

    /// Tells what it is given as it is.
    package init() {}

    /// Tells names in the place of anchors, and nothing of anchors without a name.
    package init(_ namings: [ImageNaming]) {
        for naming in namings {
            if naming.reference.isEmpty {
                untold.insert(Self.key(naming.anchor))
            } else {
                add(naming.anchor, as: naming.familiar)
            }
        }
    }

    /// Tells what is made and what an act refers to as the client says it.
    package static func of(_ made: [ImageNaming], _ act: Act, _ facts: Facts) -> ImageTelling {
        var imageTelling = ImageTelling(made)
        for reference in act.references {
            guard let anchor = facts.images[reference]?.anchor else { continue }
            imageTelling.add(anchor, as: reference.text)
        }
        return imageTelling
    }

    /// Tells of a pull by digest as of the pull that was asked for.
    package mutating func add(pull naming: ImageNaming, by digest: String) {
        guard let name = ImageReference(naming.reference), let tag = name.tag,
            let pulled = ImageReference("\(name.name)@\(digest)")
        else { return }
        add("\"id\":\"\(digest)\"", as: "\"id\":\"\(tag)\"")
        add(pulled.canonical, as: name.familiar)
        add(pulled.familiar, as: name.familiar)
    }

    /// True when everything is told as it is.
    package var isEmpty: Bool { pairs.isEmpty && anchors.isEmpty && untold.isEmpty }

    /// Adds a text and what is told in its place. Of two that begin alike the first one counts.
    private mutating func add(_ said: String, as told: String) {
        guard !said.isEmpty else { return }
        pairs.append(Pair(said: Array(said.utf8), told: Array(told.utf8)))
    }

    /// Adds what is told in an anchor's place. The first one counts.
    private mutating func add(_ anchor: ImageAnchor, as told: String) {
        let key = Self.key(anchor)
        if anchors[key] == nil { anchors[key] = Array(told.utf8) }
    }

    private static func key(_ anchor: ImageAnchor) -> [UInt8] {
        Array((anchor.nonce + ":" + anchor.tenant).utf8)
    }

    /// A text with what is told in the place of what was said.
    package func tell(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            if let (told, length) = anchor(in: text, at: index) {
                output += told
                index += length
            } else if let pair = pairs.first(where: { Self.stands($0.said, in: text, at: index) }) {
                output += pair.told
                index += pair.said.count
            } else {
                output.append(text[index])
                index += 1
            }
        }
        return output
    }

    /// What is told of the anchor that stands there, and how long it is.
    private func anchor(in text: [UInt8], at index: Int) -> (told: [UInt8], length: Int)? {
        guard !anchors.isEmpty, Self.stands(Self.beginning, in: text, at: index) else { return nil }
        let start = index + Self.beginning.count
        for end in Self.ends(of: text[start...]) {
            if let told = anchors[Array(text[start..<end])] { return (told, end - index) }
        }
        return nil
    }

    /// Where an anchor may end that begins a text after its host: a tenant's name is followed by what it
    /// cannot go on with, or by a hyphen of ours.
    private static func ends(of text: ArraySlice<UInt8>) -> [Int] {
        let tail = text.dropFirst(digits)
        guard tail.first == UInt8(ascii: ":") else { return [] }
        let tenant = tail.dropFirst().prefix(longestTenant).prefix {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
        }
        guard !tenant.isEmpty else { return [] }
        return Array((tenant.startIndex + 1...tenant.endIndex).reversed())
    }

    /// The most characters of a tenant's name.
    private static let longestTenant = 20

    /// A text of ours.
    package func tell(_ text: String) -> String {
        String(decoding: tell(Array(text.utf8)), as: UTF8.self)
    }

    /// One line of progress as it is told; nil when it tells of nothing that has a name.
    func line(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let text = Array(line)
        let isUntold =
            !untold.isEmpty
            && text.indices.contains { index in
                guard Self.stands(Self.beginning, in: text, at: index) else { return false }
                let start = index + Self.beginning.count
                return Self.ends(of: text[start...]).contains {
                    untold.contains(Array(text[start..<$0]))
                }
            }
        return isUntold ? nil : tell(text)
    }

    private static func stands(_ part: [UInt8], in text: [UInt8], at index: Int) -> Bool {
        guard text[index] == part[0], text.count - index >= part.count else { return false }
        return text[index..<index + part.count].elementsEqual(part)
    }
}

/// Progress of a build, a load, a pull or a push, line by line.
package struct ProgressLines: Sendable {
    private var pending: [UInt8] = []
    private let imageTelling: ImageTelling

    /// The most bytes of a line; what is longer is not told.
    private static let longest = 4 << 20

    /// Makes a reader.
    package init(_ imageTelling: ImageTelling) {
        self.imageTelling = imageTelling
    }

    /// Takes the next part.
    ///
    /// - Parameters:
    ///   - part: What the engine sent.
    ///   - isWhole: True when nothing follows.
    /// - Returns: What is told.
    package mutating func receive(_ part: [UInt8], isWhole: Bool) -> [UInt8] {
        pending += part
        var output: [UInt8] = []
        var start = 0
        while let end = pending[start...].firstIndex(of: 0x0A) {
            output += imageTelling.line(pending[start...end]) ?? []
            start = end + 1
        }
        pending.removeFirst(start)
        if isWhole {
            output += imageTelling.line(pending[...]) ?? []
            pending = []
        } else if pending.count > Self.longest {
            pending = []
        }
        return output
    }
}
