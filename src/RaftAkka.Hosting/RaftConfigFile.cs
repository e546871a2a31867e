using Akka.Configuration;
using Akka.Configuration.Hocon;
using RaftAkka.Client;
using RaftAkka.Protocol;
using RaftAkka.Settings;

namespace RaftAkka.Hosting;

/// <summary>
/// A HOCON file for a server or a client, and the files that it includes. <c>include "FILE"</c> is relative
/// to the file that says it, and a file that is not there is a mistake. <c>${NAME}</c> is the value of a key of the file,
/// or of an environment variable; <c>${?NAME}</c> may be neither, and its key is then as if it were not written.
/// </summary>
public sealed class RaftConfigFile
{
    private readonly List<string> _mistakes = [];
    private readonly List<string> _including = [];
    private readonly HoconSubstitutions _substitutions = new(Environment.GetEnvironmentVariable);

    private RaftConfigFile(string path)
    {
        Path = path;
        do Config = Load();
        while (_substitutions.LearnKeys(Config.HasPath));
    }

    /// <summary>The file, as it was called when it was loaded.</summary>
    public string Path { get; }

    /// <summary>
    /// All that the files say: Akka's settings too, and without any defaults. Put it before those of an actor
    /// system:
    /// <c>file.Config.WithFallback(ReferenceConfig.Node)</c>.
    /// </summary>
    public Config Config { get; }

    /// <summary>Reads a file and what it includes.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="RaftConfigurationException">
    /// A file is missing, unreadable or no HOCON; the message says which and why.
    /// </exception>
    public static RaftConfigFile Load(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new RaftConfigFile(path);
    }

    /// <summary>
    /// The settings of a server. A relative <c>raft.data-directory</c> begins at the file's directory,
    /// wherever the process was started.
    /// </summary>
    /// <param name="server">The server's id in place of the file's, or null.</param>
    /// <param name="dataDirectory">
    /// The data directory in place of the file's, taken as it is; or null.
    /// </param>
    /// <exception cref="RaftConfigurationException">
    /// The settings have mistakes; the message lists them all.
    /// </exception>
    public RaftNodeSettings NodeSettings(ServerId? server = null, string? dataDirectory = null)
    {
        var settings = RaftConfiguration.NodeSettings(Config, Path, server, dataDirectory);
        if (dataDirectory is not null) return settings;

        var home = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!;
        return settings with { DataDirectory = System.IO.Path.GetFullPath(settings.DataDirectory, home) };
    }

    /// <summary>The settings of a client.</summary>
    /// <exception cref="RaftConfigurationException">
    /// The settings have mistakes; the message lists them all.
    /// </exception>
    public RaftClientSettings ClientSettings() => RaftConfiguration.ClientSettings(Config, Path);

    private Config Load()
    {
        var root = Read(System.IO.Path.GetFullPath(Path));
        return root is null || _mistakes.Count > 0
            ? throw new RaftConfigurationException(Path, _mistakes)
            : Resolve(root);
    }

    // Null where the file cannot be read, which has been said then.
    private string? Read(string file)
    {
        try
        {
            // A byte order mark would become a part of the first key; this reader takes it off.
            var text = File.ReadAllText(file);
            var mistakes = HoconText.Mistakes(text).ToList();
            if (mistakes.Count == 0) text = _substitutions.Replace(text, mistakes);
            _mistakes.AddRange(mistakes.Select(mistake => In(file, mistake)));
            return mistakes.Count == 0 ? text : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _mistakes.Add(In(file, exception is FileNotFoundException or DirectoryNotFoundException
                ? "The file is not there. Check its name" + (_including.Count > 0 ? " in the include." : ".")
                : $"It cannot be read: {exception.Message} Check its name and its permissions."));
            return null;
        }
    }

    private Config Resolve(string text)
    {
        var file = System.IO.Path.GetFullPath(Path);
        var root = Parse(file, text);
        if (root is not null && HoconTree.CircleIn(root.Value) is { } mistake) _mistakes.Add(mistake);
        return _mistakes.Count == 0 && root is not null
            ? new Config(root)
            : throw new RaftConfigurationException(Path, _mistakes);
    }

    private HoconRoot? Parse(string file, string text)
    {
        _including.Add(file);
        try
        {
            return Parser.Parse(text, included => Include(file, included));
        }
        catch (Exception exception) when (exception is FormatException or ConfigurationException)
        {
            // Akka's parser ends on whatever it meets first.
            _mistakes.Add(In(file, HoconParseError.Explain(exception.Message, text)));
            return null;
        }
        finally
        {
            _including.RemoveAt(_including.Count - 1);
        }
    }

    // Akka's parser wants a section, whatever happens; the mistakes are told at the end.
    private HoconRoot Include(string from, string included)
    {
        var file = System.IO.Path.GetFullPath(included, System.IO.Path.GetDirectoryName(from)!);
        if (_including.Contains(file))
        {
            _mistakes.Add(In(
                from, $"It includes \"{included}\", which includes this file. Remove one of the two."));
            return Parser.Parse("", null);
        }

        return (Read(file) is { } text ? Parse(file, text) : null) ?? Parser.Parse("", null);
    }

    // The main file is named above the mistakes already.
    private string In(string file, string mistake) =>
        file == System.IO.Path.GetFullPath(Path) ? mistake : $"{System.IO.Path.GetFileName(file)}: {mistake}";
}
