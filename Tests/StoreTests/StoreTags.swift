import Store

extension Store {
    /// The tags of a tenant, in order.
    func tags(of tenant: String) -> [String] {
        allTags.filter { $0.value == tenant }.map(\.key).sorted()
    }
}
