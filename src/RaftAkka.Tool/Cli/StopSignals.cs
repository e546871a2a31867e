using System.Globalization;
using System.Runtime.InteropServices;

namespace RaftAkka.Tool.Cli;

/// <summary>
/// Turns the signals that ask a process to end into a token, so that it can put things in order first: SIGINT, SIGQUIT,
/// SIGTERM, and SIGHUP, unless the process was started with it ignored, as by <c>nohup</c>.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        Take(PosixSignal.SIGINT, 2);
        Take(PosixSignal.SIGQUIT, 3);
        Take(PosixSignal.SIGTERM, 15);
        if (!IsIgnored(1)) Take(PosixSignal.SIGHUP, 1);
    }

    public CancellationToken Token => _stop.Token;

    /// <summary>The exit status by which shells tell that a signal ended a process.</summary>
    public int ExitStatus { get; private set; }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _stop.Dispose();
    }

    private void Take(PosixSignal signal, int number) =>
        _registrations.Add(PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (_stop.IsCancellationRequested) return;
            ExitStatus = 128 + number;
            _stop.Cancel();
        }));

    // .NET would take the signal all the same.
    private static bool IsIgnored(int number)
    {
        const string status = "/proc/self/status";
        const string ignored = "SigIgn:";
        return File.Exists(status)
            && File.ReadLines(status).FirstOrDefault(line => line.StartsWith(ignored, StringComparison.Ordinal)) is { } line
            && ulong.TryParse(line.AsSpan(ignored.Length).Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out var mask)
            && (mask & (1UL << (number - 1))) != 0;
    }
}
