/// Why a note, a key, a checkpoint or a proof is not believed.
package enum NoteFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// The text is not in the form that its specification gives; what is wrong with it.
    case malformed(String)
    /// No signature is by a key that is known.
    case unsigned
    /// A signature that names a known key is not by that key; the key's name.
    case forged(String)

    /// The failure as a sentence's end.
    package var description: String {
        switch self {
        case .malformed(let what): what
        case .unsigned: "it is signed by no key that is known here"
        case .forged(let name): "the signature in the name of \"\(name)\" is not by its key"
        }
    }
}
