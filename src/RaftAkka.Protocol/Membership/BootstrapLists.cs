namespace RaftAkka.Protocol;

/// <summary>
/// Compares the lists of members that the servers of a new cluster have in their settings. Whoever wins the first election
/// writes its list into the log, for good; so all of them have to have the same one before.
/// </summary>
public static class BootstrapLists
{
    /// <summary>How two lists differ, for a reader, or null where they do not.</summary>
    /// <param name="here">The list of the server that compares.</param>
    /// <param name="there">The list of another one.</param>
    public static string? Difference(Configuration here, Configuration there)
    {
        ArgumentNullException.ThrowIfNull(here);
        ArgumentNullException.ThrowIfNull(there);

        var differences = here.Members.Select(member => member.Id).Union(there.Members.Select(member => member.Id)).Order()
            .Select(server => Difference(server, here.Find(server), there.Find(server)))
            .OfType<string>().ToArray();
        return differences.Length == 0 ? null : string.Join("; ", differences);
    }

    private static string? Difference(ServerId server, Member? here, Member? there) => (here, there) switch
    {
        (null, { } only) => $"{server} ({only.Address}) is a member there, and not here",
        ({ } only, null) => $"{server} ({only.Address}) is a member here, and not there",
        ({ } mine, { } other) when mine.Address != other.Address => $"{server} is at {mine.Address} here, and at {other.Address} there",
        ({ } mine, { } other) when mine.Priority != other.Priority =>
            $"{server} has priority {mine.Priority} here, and {other.Priority} there",
        _ => null,
    };
}
