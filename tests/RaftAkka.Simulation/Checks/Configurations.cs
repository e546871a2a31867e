using RaftAkka.Protocol;

namespace RaftAkka.Simulation.Checks;

/// <summary>Every configuration that any log ever held, so that the checks know by which one a log goes.</summary>
internal sealed class Configurations(Configuration founding)
{
    // By index, the latest last; of one index, entries of several terms.
    private readonly SortedDictionary<(LogIndex Index, Term Term), Configuration> _known = [];

    /// <summary>What the cluster begins with.</summary>
    public Configuration Founding { get; } = founding;

    public void Add(LogEntry entry)
    {
        if (entry.Kind != EntryKind.Configuration || _known.ContainsKey((entry.Index, entry.Term))) return;
        if (ConfigurationCodec.TryDecode(entry.Payload.Span, out var configuration))
            _known.Add((entry.Index, entry.Term), configuration);
    }

    public Configuration? Find(EntryId entry) => _known.GetValueOrDefault((entry.Index, entry.Term));

    /// <summary>The configurations in a log, from the one in effect at an entry on, with their entries.</summary>
    public IReadOnlyList<(EntryId Entry, Configuration Configuration)> From(ShadowLog log, LogIndex index)
    {
        var found = new List<(EntryId, Configuration)> { (EntryId.Zero, Founding) };
        foreach (var (place, configuration) in _known)
        {
            var entry = new EntryId(place.Term, place.Index);
            if (log.IdAt(place.Index) != entry) continue;
            if (place.Index <= index) found.Clear();
            found.Add((entry, configuration));
        }

        return found;
    }

    /// <summary>What the leader of a term has put into its log behind an entry.</summary>
    public IEnumerable<Configuration> WrittenIn(Term term, LogIndex after) =>
        from known in _known
        where known.Key.Term == term && known.Key.Index > after
        select known.Value;

    /// <summary>The one in effect at an entry of a log.</summary>
    public (EntryId Entry, Configuration Configuration) At(ShadowLog log, LogIndex index) => From(log, index)[0];

    /// <summary>The one that a log goes by.</summary>
    public (EntryId Entry, Configuration Configuration) Latest(ShadowLog log) => From(log, log.LastIndex)[0];
}
