namespace RaftAkka.Sessions;

/// <summary>
/// A host that clients are on: how many there are, and how many sessions they may register at the moment. A bucket of
/// <see cref="RaftNodeSettings.RegistrationsPerHostMax"/>, which fills within <see cref="RefillTime"/>.
/// </summary>
internal sealed class ClientHost(string name, int registrationsMax, TimeSpan now)
{
    /// <summary>In this time a host may register as many sessions again.</summary>
    public static readonly TimeSpan RefillTime = TimeSpan.FromSeconds(10);

    // The host's session actors share it, and may run on several threads.
    private readonly Lock _lock = new();
    private double _registrations = registrationsMax;
    private TimeSpan _since = now;

    /// <summary>Its name or address; empty for clients in the server's own actor system.</summary>
    public string Name { get; } = name;

    /// <summary>How many clients are on it. Only <see cref="ConnectedClients"/> counts them.</summary>
    public int Clients { get; set; }

    /// <summary>Takes one registration from the bucket, where there is one.</summary>
    public bool MayRegister(TimeSpan now)
    {
        lock (_lock)
        {
            var refilled = registrationsMax * ((now - _since) / RefillTime);
            _registrations = Math.Min(registrationsMax, _registrations + Math.Max(0, refilled));
            _since = now;
            if (_registrations < 1) return false;

            _registrations--;
            return true;
        }
    }

    /// <summary>Whether its bucket is full again, so that nothing is lost by forgetting it.</summary>
    public bool IsRested(TimeSpan now)
    {
        lock (_lock) return now - _since >= RefillTime;
    }
}
