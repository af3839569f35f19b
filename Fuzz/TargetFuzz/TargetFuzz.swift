import Acts
import EngineAPI
import FuzzSupport

/// What libFuzzer calls with each input: a request's method and target.
///
/// The first byte makes the world, the rest is `METHOD TARGET`. What is understood is written in a
/// canonical form that is understood alike, and that says to a reader of URLs what we take it to say.
/// So is what is sent once it is permitted.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        guard let first = bytes.first, let line = String(validating: bytes[1...], as: UTF8.self)
        else { return }
        let parts = line.utf8.split(separator: 0x20, maxSplits: 1).map { String(Substring($0)) }
        // `Wire` lets no other target through.
        guard parts.count == 2, parts[1].utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else { return }
        judge(parts[0], parts[1], in: World(first))
    }
}

private func judge(_ method: String, _ target: String, in world: World) {
    let call: Call
    do {
        call = try Call(method, target)
    } catch {
        hold(400..<500 ~= error.status && !error.sentence.isEmpty, "a refusal without words")
        return
    }
    guard let draft = try? Draft(call) else { return }
    let request = draft.request(version: .ceiling)
    let again = understood(request)
    hold(again.call.operation.name == call.operation.name, "another operation")
    hold(again.act == draft.act, "another act: \(again.act) for \(draft.act)")
    hold(again.request(version: .ceiling) == request, "another canonical form")
    let address = Address(request.target)
    hold(address?.says(draft.call) == true, "a reader of URLs takes it otherwise")

    guard let sent = world.sent(draft) else { return }
    hold(Address(sent.target) != nil, "what is sent is no target: \(sent.target)")
    let last = understood(sent)
    hold(last.call.operation.name == call.operation.name, "what is sent is another operation")
    let resent = world.sent(last)
    hold(
        resent.map { understood($0).request(version: .ceiling) }
            == last.request(version: .ceiling),
        "what is sent, \(sent.words), is sent as \(resent?.words ?? "nothing")")
    if case .list(let kind) = draft.act.reach, world.isShared, kind != .image {
        let filters = EngineReader.read(Array(Address(sent.target)?["filters"].first ?? []))
        hold(
            filters?["label"]["quaymaster.tenant=" + World.tenant].isTrue == true,
            "a list that is not narrowed: \(sent.target)")
    }
}

/// A canonical request, understood; it must be.
private func understood(_ request: EngineRequest) -> Draft {
    do {
        let call = try Call(request.method.rawValue, request.target)
        return try request.body.map { try Draft(call, body: $0) } ?? Draft(call)
    } catch {
        fatalError("the canonical target is refused: \(request.target): \(error)")
    }
}
