namespace RaftAkka.Server;

/// <summary>Lets so many things happen in a second, and no more.</summary>
/// <param name="perSecond">How many.</param>
internal sealed class RateLimit(int perSecond)
{
    private TimeSpan _began = TimeSpan.MinValue;
    private int _taken;

    /// <summary>Whether one more may happen now.</summary>
    public bool TryTake(TimeSpan now)
    {
        if (_began == TimeSpan.MinValue || now - _began >= TimeSpan.FromSeconds(1)) (_began, _taken) = (now, 0);
        return _taken++ < perSecond;
    }
}
