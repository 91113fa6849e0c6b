// A client of git made of JGit, for the scenario git_clients:
//
//   java -cp 'JARS/*' Client.java clone URL DIRECTORY
//   java -cp 'JARS/*' Client.java fetch DIRECTORY
//   java -cp 'JARS/*' Client.java push DIRECTORY NAME ADDRESS PATH
//
// Push commits the changed file PATH first. What the server answers to a ref, and all it said, goes to
// standard output: "OK", "REJECTED_OTHER_REASON no". The user and token come with the URL.
import java.io.File;
import java.net.URI;
import org.eclipse.jgit.api.Git;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.PushResult;
import org.eclipse.jgit.transport.RemoteRefUpdate;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

public class Client {
  static CredentialsProvider credentials(String url) {
    String[] words = URI.create(url).getUserInfo().split(":", 2);
    return new UsernamePasswordCredentialsProvider(words[0], words[1]);
  }

  static String address(Git git) {
    return git.getRepository().getConfig().getString("remote", "origin", "url");
  }

  static void clone(String url, String directory) throws Exception {
    Git.cloneRepository().setURI(url).setDirectory(new File(directory))
        .setCredentialsProvider(credentials(url)).call().close();
  }

  static void fetch(String directory) throws Exception {
    try (Git git = Git.open(new File(directory))) {
      git.pull().setCredentialsProvider(credentials(address(git))).call();
    }
  }

  static void push(String directory, String name, String email, String path) throws Exception {
    try (Git git = Git.open(new File(directory))) {
      git.add().addFilepattern(path).call();
      git.commit().setMessage("Label").setAuthor(name, email).setCommitter(name, email).call();
      Iterable<PushResult> results = git.push().setRemote("origin").add("main")
          .setCredentialsProvider(credentials(address(git))).call();
      for (PushResult result : results) {
        for (RemoteRefUpdate update : result.getRemoteUpdates()) {
          System.out.println(update.getStatus() + " " + update.getMessage());
        }
        System.out.println(result.getMessages());
      }
    }
  }

  public static void main(String[] words) throws Exception {
    switch (words[0]) {
      case "clone" -> clone(words[1], words[2]);
      case "fetch" -> fetch(words[1]);
      case "push" -> push(words[1], words[2], words[3], words[4]);
      default -> throw new IllegalArgumentException(words[0]);
    }
  }
}
