/// Finds the end of one JSON value, whatever else is wrong with it.
struct ValueScanner: Hashable {
    private var depth = 0
    private var isInText = false
    private var isEscaped = false

    /// Goes to the end of the value, or of what is here.
    ///
    /// - Returns: True when the value has ended before the index.
    mutating func scan(_ part: [UInt8], from index: inout Int) -> Bool {
        while index < part.count {
            let byte = part[index]
            if isInText {
                index += 1
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInText = false
                    if depth == 0 { return true }
                }
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isInText = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"):
                // A number or word before it ends here, and does not hold it.
                if depth == 0 { return true }
                depth -= 1
                if depth == 0 {
                    index += 1
                    return true
                }
            case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D:
                if depth == 0 { return true }
            default: break
            }
            index += 1
        }
        return false
    }
}
