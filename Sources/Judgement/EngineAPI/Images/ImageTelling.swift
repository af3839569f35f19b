package import Acts

/// What an engine says of images under names that the client did not give, told with its own.
package struct ImageTelling: Hashable, Sendable {
    private struct Pair: Hashable {
        let said: [UInt8]
        let told: [UInt8]
    }

    private var pairs: [Pair] = []
    /// What nothing is told of.
    private var untold: [[UInt8]] = []

    /// Tells what it is given as it is.
    package init() {}

    /// Tells names in the place of anchors, and nothing of anchors without a name.
    package init(_ namings: [ImageNaming]) {
        for naming in namings {
            if naming.reference.isEmpty {
                untold.append(Array(naming.anchor.name.utf8))
            } else {
                add(naming.anchor.name, as: naming.familiar)
            }
        }
    }

    /// Tells what is made and what an act refers to as the client says it.
    package static func of(_ made: [ImageNaming], _ act: Act, _ facts: Facts) -> ImageTelling {
        var imageTelling = ImageTelling(made)
        for reference in act.references {
            guard let anchor = facts.images[reference]?.anchor else { continue }
            imageTelling.add(anchor.name, as: reference.text)
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
    package var isEmpty: Bool { pairs.isEmpty && untold.isEmpty }

    /// Adds a text and what is told in its place. Of two that begin alike the first one counts.
    package mutating func add(_ said: String, as told: String) {
        guard !said.isEmpty else { return }
        pairs.append(Pair(said: Array(said.utf8), told: Array(told.utf8)))
    }

    /// A text with what is told in the place of what was said.
    package func tell(_ text: some Collection<UInt8>) -> [UInt8] {
        let text = Array(text)
        var output: [UInt8] = []
        output.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            let pair = pairs.first { Self.stands($0.said, in: text, at: index) }
            if let pair {
                output += pair.told
                index += pair.said.count
            } else {
                output.append(text[index])
                index += 1
            }
        }
        return output
    }

    /// A text of ours.
    package func tell(_ text: String) -> String {
        String(decoding: tell(Array(text.utf8)), as: UTF8.self)
    }

    /// One line of progress as it is told; nil when it tells of nothing that has a name.
    func line(_ line: ArraySlice<UInt8>) -> [UInt8]? {
        let text = Array(line)
        let isUntold = untold.contains { name in
            text.indices.contains { Self.stands(name, in: text, at: $0) }
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
