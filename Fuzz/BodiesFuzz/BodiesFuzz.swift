import Acts
import EngineAPI
import FuzzSupport

/// What libFuzzer calls with each input: a JSON body.
///
/// The first byte chooses the kind of body, the second makes the world and the way in which the rest
/// is a body: as text, or with the highest bit as choices from which one of its shape is composed.
/// What is accepted is written in a form that means the same; what is permitted at the level baseline
/// holds nothing of what that level keeps, as an engine would read it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard bytes.count > 2 else { return }
        let kind = BodyKind.allCases[Int(bytes[0] & 0x3F) % BodyKind.allCases.count]
        // The two of them: to make, and to change.
        let operations = takers[kind] ?? []
        guard let operation = bytes[1] & 0x40 == 0 ? operations.last : operations.first else {
            fatalError("no operation has the body \(kind)")
        }
        let isComposed = bytes[1] & 0x80 != 0
        let text = isComposed ? Composer.text(of: .of(kind), from: bytes[2...]) : Array(bytes[2...])
        judge(text, of: kind, for: operation, in: World(bytes[1]))
    }
}

/// The operations that take each kind of body.
private let takers = Dictionary(
    uniqueKeysWithValues: BodyKind.allCases.map { kind in
        (kind, Catalogue.operations.filter { $0.body(is: kind) })
    })

private func judge(_ text: [UInt8], of kind: BodyKind, for operation: Operation, in world: World) {
    guard let call = try? Call(operation.method.rawValue, operation.example) else {
        fatalError("\(operation.example) is no target")
    }
    let draft: Draft
    do {
        draft = try Draft(call, body: text)
    } catch {
        hold(!error.sentence.isEmpty, "a refusal without words")
        return
    }
    let request = draft.request(version: .ceiling)
    let seen = read(request, as: kind)
    let again = understood(request)
    hold(again.act == draft.act, "another act: \(again.act) for \(draft.act)")
    hold(again.request(version: .ceiling) == request, "another canonical form")
    if kind == .execStart { hold(draft.hijacks != seen["Detach"].isTrue, "hijacked otherwise") }

    guard let sent = world.sent(draft) else { return }
    let words = Baseline.objections(to: read(sent, as: kind), of: kind, for: operation, in: world)
    hold(words.isEmpty, "permitted: \(words): \(sent.words)")
    // What an object turns out to be can be sent back (design, invariant 11).
    let last = understood(sent)
    let resent = world.sent(last)
    hold(resent != nil, "what is sent is refused: \(sent.words)")
    if let resent {
        hold(
            understood(resent).request(version: .ceiling) == last.request(version: .ceiling),
            "what is sent, \(sent.words), is sent as \(resent.words)")
    }
}

/// A body as an engine reads it. It is closed: no name that the shape does not know, none in another
/// spelling, none twice.
private func read(_ request: EngineRequest, as kind: BodyKind) -> Seen {
    guard let body = request.body, let seen = EngineReader.read(body) else {
        fatalError("\(request.target) has a body that no engine reads")
    }
    let stray = seen.stray(from: .of(kind))
    hold(stray == nil, "a body holds \(stray ?? "")")
    return seen
}

private func understood(_ request: EngineRequest) -> Draft {
    do {
        return try Draft(
            try Call(request.method.rawValue, request.target), body: request.body ?? [])
    } catch {
        fatalError("what is written is refused: \(request.words): \(error)")
    }
}

extension Operation {
    fileprivate func body(is kind: BodyKind) -> Bool {
        if case .json(let own) = body { own == kind } else { false }
    }

    /// A target of the operation.
    fileprivate var example: String {
        let parts = path.map { part in
            switch part {
            case .literal(let text): "/" + text
            case .one, .several: subject == .exec ? "/0a1b" : "/web"
            }
        }
        return "/v1.41" + parts.joined() + (name == "ImageCommit" ? "?container=web" : "")
    }
}

extension Seen {
    /// What stands in a value that its shape has no place for, or nil.
    fileprivate func stray(from shape: Shape) -> String? {
        switch (self, shape) {
        case (.object(let members), .object(let closed)):
            for (index, member) in members.enumerated() {
                let name = String(decoding: member.name, as: UTF8.self)
                let field = closed.fields.first { $0.name.utf8.elementsEqual(member.name) }
                guard let field, let shape = field.shape else { return name }
                let isTwice = members[..<index].contains {
                    Self.folded($0.name) == Self.folded(member.name)
                }
                if isTwice { return name + " twice" }
                if let inner = member.value.stray(from: shape) { return name + "." + inner }
            }
            return nil
        case (.object(let members), .map(let shape)):
            for (index, member) in members.enumerated() {
                if members[..<index].contains(where: { $0.name == member.name }) {
                    return String(decoding: member.name, as: UTF8.self) + " twice"
                }
                if let inner = member.value.stray(from: shape) { return inner }
            }
            return nil
        case (.list(let values), .list(let shape)):
            return values.lazy.compactMap { $0.stray(from: shape) }.first
        case (.list(let values), .strings):
            return values.lazy.compactMap { $0.stray(from: .string) }.first
        case (.bool, .bool), (.number, .integer), (.number, .number), (.string, .string),
            (.string, .choice):
            return nil
        default: return "\(self)"
        }
    }
}
