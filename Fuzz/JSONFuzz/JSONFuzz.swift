import FuzzSupport
import JSON

/// What libFuzzer calls with each input: a text that may be JSON.
///
/// What is accepted, an engine reads as the same value, and so it does what is written of it. What is
/// refused for its grammar, an engine refuses too. Nothing that is cut off is accepted.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    feed(start, count) { bytes in
        do throws(JSONFailure) {
            judge(try JSONReader.value(of: bytes), of: bytes)
        } catch {
            judge(error, of: bytes)
        }
    }
}

private func judge(_ value: JSONValue, of bytes: [UInt8]) {
    hold(EngineReader.read(bytes).map { isSame(value, $0) } == true, "an engine reads it otherwise")
    let text = JSONWriter.bytes(value)
    hold(
        EngineReader.read(text).map { isSame(value, $0) } == true, "what is written says otherwise")
    let again = try? JSONReader.value(of: text)
    hold(again.map(JSONWriter.bytes) == text, "what is written reads as something else")
    var cut = bytes
    while let last = cut.popLast(), [0x20, 0x0A, 0x0D, 0x09].contains(last) {}
    switch value {
    // Half a number is a number.
    case .number: break
    case .null, .bool, .string, .array, .object:
        hold((try? JSONReader.value(of: cut)) == nil, "half a value is accepted")
    }
}

private func judge(_ failure: JSONFailure, of bytes: [UInt8]) {
    hold(0...bytes.count ~= failure.offset, "a failure outside the text")
    hold(!failure.sentence.isEmpty, "a failure without words")
    switch failure.rule {
    case .syntax, .trailingData, .unexpectedEnd:
        hold(EngineReader.read(bytes) == nil, "\(failure.rule) is none for an engine")
    // What an engine repairs or overlooks.
    case .notUnicode, .controlCharacter, .duplicateName, .tooDeep: break
    }
}

/// True when both readers have the same value, byte by byte.
private func isSame(_ ours: JSONValue, _ theirs: Seen) -> Bool {
    switch (ours, theirs) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.number(let one), .number(let other)): one.lexeme.utf8.elementsEqual(other)
    case (.string(let one), .string(let other)): one.utf8.elementsEqual(other)
    case (.array(let one), .list(let other)):
        one.count == other.count && zip(one, other).allSatisfy(isSame)
    case (.object(let one), .object(let other)):
        one.members.count == other.count
            && zip(one.members, other).allSatisfy {
                $0.name.utf8.elementsEqual($1.name) && isSame($0.value, $1.value)
            }
    case (.null, _), (.bool, _), (.number, _), (.string, _), (.array, _), (.object, _): false
    }
}
