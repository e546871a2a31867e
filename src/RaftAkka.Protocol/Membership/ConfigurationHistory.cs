namespace RaftAkka.Protocol;

/// <summary>
/// Which configuration is in effect. A server goes by the latest that is in its log, committed or not (§6); when the
/// entry is replaced, by the one before. What the log has let go of is in a snapshot, as the base.
/// </summary>
public sealed class ConfigurationHistory
{
    // By rising index; the first is the base, and never taken back.
    private readonly List<(LogIndex Index, Configuration Configuration)> _known = [];

    /// <summary>Begins with what lies before the log.</summary>
    /// <param name="index">The entry that it came with; 0 for what a new cluster begins with.</param>
    /// <param name="configuration">The configuration.</param>
    public ConfigurationHistory(LogIndex index, Configuration configuration) => _known.Add((index, configuration));

    /// <summary>The configuration in effect.</summary>
    public Configuration Latest => _known[^1].Configuration;

    /// <summary>The entry that it came with.</summary>
    public LogIndex LatestIndex => _known[^1].Index;

    /// <summary>The configuration in effect, and those that would be in effect again if later entries were replaced.</summary>
    public IEnumerable<Configuration> LatestFirst => _known.AsEnumerable().Reverse().Select(known => known.Configuration);

    /// <summary>An entry was appended that holds a configuration.</summary>
    public void OnAppended(LogIndex index, Configuration configuration)
    {
        Invariant.Holds(index > LatestIndex, "configurations are appended in the log's order");
        _known.Add((index, configuration));
    }

    /// <summary>The log ends before an entry now; what comes in its place is appended.</summary>
    /// <returns>Whether that changes what is in effect.</returns>
    public bool OnTruncated(LogIndex from)
    {
        var count = _known.Count;
        while (_known.Count > 1 && LatestIndex >= from) _known.RemoveAt(_known.Count - 1);
        return _known.Count < count;
    }

    /// <summary>What was in effect at an entry: for a snapshot up to there.</summary>
    public (LogIndex Index, Configuration Configuration) At(LogIndex index)
    {
        for (var i = _known.Count - 1; i > 0; i--)
            if (_known[i].Index <= index) return _known[i];
        return _known[0];
    }

    /// <summary>Whether a server may campaign.</summary>
    /// <param name="server">The server.</param>
    /// <param name="committed">The last entry that is known to be committed.</param>
    public CampaignRight RightOf(ServerId server, LogIndex committed)
    {
        for (var i = _known.Count - 1; i >= 0; i--)
        {
            var (index, configuration) = _known[i];
            if (configuration.IsVoter(server))
                return configuration.HasSameVoters(Latest) ? CampaignRight.Full : CampaignRight.AfterAllOthers;
            if (index <= committed || !configuration.HasSameVoters(Latest)) break;
        }

        return CampaignRight.None;
    }

    /// <summary>Nothing up to a committed entry can be taken back any more, and earlier ones are not asked for.</summary>
    public void ForgetBefore(LogIndex index)
    {
        while (_known.Count > 1 && _known[1].Index <= index) _known.RemoveAt(0);
    }

    /// <summary>A snapshot takes the place of everything up to its last entry.</summary>
    /// <returns>Whether that changes what is in effect.</returns>
    public bool Restart(LogIndex last, LogIndex index, Configuration configuration)
    {
        var before = Latest;
        _known.RemoveAll(known => known.Index <= last);
        _known.Insert(0, (index, configuration));
        return !Latest.IsSameAs(before);
    }
}

/// <summary>Whether a server may campaign.</summary>
public enum CampaignRight
{
    /// <summary>It does not vote.</summary>
    None = 0,

    /// <summary>
    /// It does not vote any more by a change that may not be committed, and may be the only one that can have it
    /// committed: those who vote from then on may lack the entry, and grant no vote to whom the entry makes vote
    /// (dissertation §4.2.2, figure 4.6). So it asks when nobody else does.
    /// </summary>
    AfterAllOthers = 1,

    /// <summary>It votes.</summary>
    Full = 2,
}
