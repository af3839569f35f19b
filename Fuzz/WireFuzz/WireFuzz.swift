import EngineAPI
import JSON
import Wire

/// libFuzzer's own loop (its interface for programs that bring their own `main`).
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ body: @convention(c) (UnsafePointer<UInt8>, Int) -> CInt
) -> CInt

/// The package manager gives an executable's `main` this name.
@_cdecl("wire_fuzz_main")
public func start(
    _ count: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
    var count = count
    var arguments = arguments
    return runFuzzer(&count, &arguments, fuzz)
}

/// What libFuzzer calls with each input: `make soak` builds and runs it.
///
/// The first byte says where the rest is cut. What follows is read as a connection would: whole and
/// cut, which must come to the same; what is read is written and read again, and judged as a target
/// and as JSON. A trap or a difference is a finding.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeBufferPointer(start: start, count: count))
    guard let first = bytes.first else { return 0 }
    let input = Array(bytes.dropFirst())
    let cut = input.isEmpty ? 0 : Int(first) * input.count / 256
    let whole = Reading(of: [input[...]])
    precondition(Reading(of: [input[..<cut], input[cut...]]) == whole, "the cut matters")
    for head in whole.heads { judge(head) }
    if let value = try? JSONReader.value(of: input) {
        let text = JSONWriter.bytes(value)
        let again = try? JSONReader.value(of: text)
        precondition(again == value, "what is written reads as something else")
    }
    return 0
}

/// Understands a head's target; what is understood is written in the canonical form, which is
/// understood alike.
private func judge(_ head: RequestHead) {
    guard let call = try? Call(head.method.rawValue, head.target), let draft = try? Draft(call)
    else { return }
    let request = draft.request(version: .ceiling)
    guard let again = try? Call(request.method.rawValue, request.target) else {
        preconditionFailure("the canonical target is refused: \(request.target)")
    }
    precondition(again.operation.name == call.operation.name, "another operation")
    precondition(
        (try? Draft(again))?.request(version: .ceiling).target == request.target,
        "the canonical target has another canonical form")
}

/// What a connection makes of bytes: every head and piece of payload, or the first failure.
private struct Reading: Equatable {
    var heads: [RequestHead] = []
    var payload: [UInt8] = []
    var failure: String?

    init(of pieces: [ArraySlice<UInt8>]) {
        var inbox: [UInt8] = []
        var scanner = HeadScanner(limit: 4096)
        var decoder: BodyDecoder?
        for piece in pieces {
            inbox += piece
            do {
                while try step(&inbox, &scanner, &decoder) {}
            } catch {
                failure = "\(error)"
                return
            }
        }
    }

    /// Reads one head or what there is of a body; false when more is needed.
    private mutating func step(
        _ inbox: inout [UInt8], _ scanner: inout HeadScanner, _ decoder: inout BodyDecoder?
    ) throws -> Bool {
        guard var body = decoder else {
            guard let end = try scanner.end(in: inbox.span) else { return false }
            let head = try RequestHead(parsing: inbox.span.extracting(0..<end))
            heads.append(head)
            inbox.removeFirst(end)
            scanner = HeadScanner(limit: 4096)
            decoder = BodyDecoder(head.framing)
            return true
        }
        var offset = 0
        loop: while true {
            switch try body.step(inbox.span, at: &offset) {
            case .payload(let range): payload += inbox[range]
            case .needsMore, .end: break loop
            }
        }
        inbox.removeFirst(offset)
        decoder = body.isAtEnd ? nil : body
        return decoder == nil
    }
}
